//! Parquet of every type and codec, whole, hostile and corrupt.

#![expect(clippy::disallowed_methods, reason = "a test")]

use arrow_array::builder::{MapBuilder, StringBuilder};
use arrow_array::types::Int32Type;
use arrow_array::{
    Array, ArrayRef, BinaryArray, BooleanArray, Date32Array, Date64Array, Decimal128Array, DictionaryArray,
    DurationSecondArray, FixedSizeBinaryArray, FixedSizeListArray, Float32Array, Float64Array, Int64Array,
    IntervalYearMonthArray, LargeBinaryArray, LargeListArray, LargeStringArray, ListArray, NullArray,
    StringArray, StringViewArray, StructArray, Time32SecondArray, TimestampMicrosecondArray,
    TimestampSecondArray, UInt64Array,
};
use arrow_buffer::OffsetBuffer;
use parquet::arrow::ArrowWriter;
use parquet::basic::{BrotliLevel, Compression, GzipLevel, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::*;
use crate::testing::{read, read_path};

fn table(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    let fields: Vec<Field> =
        columns.iter().map(|(name, column)| Field::new(*name, column.data_type().clone(), true)).collect();
    let columns = columns.into_iter().map(|(_, column)| column).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap()
}

fn written(columns: Vec<(&str, ArrayRef)>, compression: Compression) -> Vec<u8> {
    let batch = table(columns);
    let properties = WriterProperties::builder().set_compression(compression).build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

/// One column `a` and what its rows become, out of a file and as they lie in memory.
fn check(column: impl arrow_array::Array + 'static, expect: &[&str]) {
    let column: ArrayRef = Arc::new(column);
    let kind = column.data_type().clone();
    in_memory(Arc::clone(&column), expect);
    let shown = read("a.parquet", &written(vec![("a", column)], Compression::UNCOMPRESSED));
    let row = |(at, value): (usize, &&str)| format!("a.parquet:{} {{\"a\":{value}}}", at + 1);
    assert_eq!(shown, expect.iter().enumerate().map(row).collect::<Vec<_>>().join("\n"), "{kind}");
}

fn in_memory(column: ArrayRef, expect: &[&str]) {
    let batch = table(vec![("a", column)]);
    for (at, value) in expect.iter().enumerate() {
        let row = row_in(&batch, at, Origin { file: "a".into(), line: 1 }).unwrap();
        assert_eq!(row.cells["a"].to_string(), *value, "{}", batch.schema());
    }
}

#[test]
fn types_that_a_file_does_not_have() {
    in_memory(
        Arc::new(TimestampSecondArray::from(vec![0]).with_timezone("Europe/Berlin")),
        &["\"1970-01-01T00:00:00Z\""],
    );
    in_memory(Arc::new(Date64Array::from(vec![86_400_000])), &["\"1970-01-02\""]);
    in_memory(Arc::new(Time32SecondArray::from(vec![61])), &["\"00:01:01\""]);
    let months = table(vec![("m", Arc::new(IntervalYearMonthArray::from(vec![1])))]);
    let error = row_in(&months, 0, Origin { file: "batch".into(), line: 7 }).unwrap_err().to_string();
    assert!(error.starts_with("batch:7: column `m`: a column of type Interval"), "{error}");
}

fn items<T: Clone>(item: &T, times: usize) -> Vec<T> {
    vec![item.clone(); times]
}

#[test]
fn text_is_text_however_it_is_kept() {
    let expect = ["\"ä \\\"b\\\"\"", "null", "\"\""];
    let texts = [Some("ä \"b\""), None, Some("")];
    check(StringArray::from(texts.to_vec()), &expect);
    check(LargeStringArray::from(texts.to_vec()), &expect);
    check(StringViewArray::from(texts.to_vec()), &expect);
    check(texts.into_iter().collect::<DictionaryArray<Int32Type>>(), &expect);
    let bytes = texts.map(|text| text.map(str::as_bytes));
    check(BinaryArray::from(bytes.to_vec()), &expect);
    check(LargeBinaryArray::from(bytes.to_vec()), &expect);
    let fixed = FixedSizeBinaryArray::try_from_iter([b"ab", b"cd"].into_iter()).unwrap();
    check(fixed, &["\"ab\"", "\"cd\""]);
    let words = StringArray::from(vec!["a", "b"]);
    let twice = DictionaryArray::<Int32Type>::try_new(vec![1, 0, 1].into(), Arc::new(words)).unwrap();
    check(twice, &["\"b\"", "\"a\"", "\"b\""]);
}

#[test]
fn text_within_lists_and_tables_is_text_too() {
    let bytes = || Arc::new(BinaryArray::from(vec!["x".as_bytes(), "y".as_bytes(), "z".as_bytes()]));
    let item = Arc::new(Field::new("item", DataType::Binary, true));
    let lists = ListArray::new(item.clone(), OffsetBuffer::from_lengths([1, 2]), bytes(), None);
    check(lists, &["[\"x\"]", "[\"y\",\"z\"]"]);
    let lists = LargeListArray::new(item.clone(), OffsetBuffer::from_lengths([0, 3]), bytes(), None);
    check(lists.clone(), &["[]", "[\"x\",\"y\",\"z\"]"]);
    check(FixedSizeListArray::new(item, 3, bytes(), None), &["[\"x\",\"y\",\"z\"]"]);
    let nested = Arc::new(Field::new("item", lists.data_type().clone(), true));
    let nested = ListArray::new(nested, OffsetBuffer::from_lengths([2]), Arc::new(lists), None);
    check(nested, &["[[],[\"x\",\"y\",\"z\"]]"]);
    let fields = Fields::from(vec![Field::new("t", DataType::Binary, true)]);
    check(
        StructArray::new(fields, vec![bytes()], None),
        &["{\"t\":\"x\"}", "{\"t\":\"y\"}", "{\"t\":\"z\"}"],
    );
}

#[test]
fn bytes_that_are_no_text_are_not_taken_for_it() {
    check(
        BinaryArray::from(vec![&b"\x89PNG"[..], b"t"]),
        &["{\"bytes that are no text\":\"89504e47\"}", "\"t\""],
    );
    check(BinaryArray::from(vec![&b"x\xed\xa0\xb5"[..]]), &["\"x\u{fffd}\""]);
}

#[test]
fn numbers_dates_and_decimals_keep_their_digits() {
    check(Int64Array::from(vec![Some(3), None]), &["3", "null"]);
    check(UInt64Array::from(vec![u64::MAX]), &["18446744073709551615"]);
    check(Float32Array::from(vec![0.1, f32::NAN]), &["0.1", "null"]);
    check(Float64Array::from(vec![0.5, f64::INFINITY]), &["0.5", "null"]);
    check(BooleanArray::from(vec![true, false]), &["true", "false"]);
    let decimals = Decimal128Array::from(vec![4200, -5]).with_precision_and_scale(30, 2).unwrap();
    check(decimals, &["\"42.00\"", "\"-0.05\""]);
    check(Date32Array::from(vec![20_000]), &["\"2024-10-04\""]);
    check(TimestampMicrosecondArray::from(vec![0]), &["\"1970-01-01T00:00:00\""]);
    check(TimestampMicrosecondArray::from(vec![0]).with_timezone("UTC"), &["\"1970-01-01T00:00:00Z\""]);
    check(DurationSecondArray::from(vec![90]), &["90"]);
    check(NullArray::new(1), &["null"]);
}

#[test]
fn maps_are_tables_where_json_has_such() {
    let mut maps = MapBuilder::new(None, StringBuilder::new(), StringBuilder::new());
    for pairs in [vec![("k", "v"), ("l", "w")], vec![("k", "v"), ("k", "w")]] {
        for (key, value) in pairs {
            maps.keys().append_value(key);
            maps.values().append_value(value);
        }
        maps.append(true).unwrap();
    }
    check(
        maps.finish(),
        &["{\"k\":\"v\",\"l\":\"w\"}", "[{\"key\":\"k\",\"value\":\"v\"},{\"key\":\"k\",\"value\":\"w\"}]"],
    );
}

#[test]
fn every_codec_is_read() {
    let codecs = [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::BROTLI(BrotliLevel::default()),
        Compression::LZ4,
        Compression::LZ4_RAW,
        Compression::ZSTD(ZstdLevel::default()),
    ];
    for codec in codecs {
        let bytes = written(vec![("a", Arc::new(StringArray::from(items(&"word word word", 20))))], codec);
        let shown = read("a.parquet", &bytes);
        assert_eq!(shown.matches("{\"a\":\"word word word\"}").count(), 20, "{codec}: {shown}");
    }
}

#[test]
fn two_columns_of_one_name_are_refused() {
    let column = || Arc::new(Int64Array::from(vec![1])) as ArrayRef;
    let twice =
        written(vec![("model", column()), ("b", column()), ("model", column())], Compression::UNCOMPRESSED);
    let expect =
        "error: a.parquet cannot be read as Parquet: two columns are named `model`; rename one of them";
    assert_eq!(read("a.parquet", &twice), expect);
    let fields =
        Fields::from(vec![Field::new("x", DataType::Int64, true), Field::new("x", DataType::Int64, true)]);
    let inner: ArrayRef = Arc::new(StructArray::new(fields, vec![column(), column()], None));
    assert!(
        read("a.parquet", &written(vec![("a", inner)], Compression::UNCOMPRESSED)).contains("are named `x`")
    );
}

#[test]
fn many_rows_come_in_order_and_a_text_in_many_rows_takes_room_once() {
    let numbers = Int64Array::from_iter_values(0..3000);
    let bytes = written(vec![("n", Arc::new(numbers))], Compression::SNAPPY);
    let shown = read("a.parquet", &bytes);
    assert_eq!(shown.lines().count(), 3000);
    assert!(shown.ends_with("a.parquet:3000 {\"n\":2999}"));
    let long = StringArray::from(vec!["x".repeat(1 << 20)]);
    let keys = arrow_array::Int32Array::from(items(&0, 400));
    let bomb = DictionaryArray::<Int32Type>::try_new(keys, Arc::new(long)).unwrap();
    let bytes = written(vec![("a", Arc::new(bomb))], Compression::ZSTD(ZstdLevel::default()));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    std::fs::write(&path, &bytes).unwrap();
    // Told before a row is read where the writer noted the lengths of texts, else as soon as it shows.
    let (mut read, mut told) = (0, String::new());
    match super::read(&path, "a.parquet".into()) {
        Err(error) => told = error.to_string(),
        Ok(rows) => rows.for_each(|row| match row {
            Ok(_) => read += 1,
            Err(error) => told = error.to_string(),
        }),
    }
    assert!(read < 300, "{read}");
    assert!(told.contains("unpack to more than 2") && told.contains("THINKMETER_UNPACK_LIMIT"), "{told}");
}

#[test]
fn corrupt_files_say_so_wherever_they_are_broken() {
    assert_eq!(read("a.parquet", b""), "error: a.parquet is empty; expected at least one row");
    let start = "error: a.parquet cannot be read as Parquet: ";
    assert!(read("a.parquet", b"this is no parquet at all").starts_with(start));
    let texts = StringArray::from_iter_values((0..50).map(|n| format!("row {}", n % 7)));
    let numbers = Int64Array::from_iter_values(0..50);
    let columns: Vec<(&str, ArrayRef)> = vec![("a", Arc::new(texts)), ("b", Arc::new(numbers))];
    let whole = written(columns, Compression::UNCOMPRESSED);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    // Every byte of the file, one at a time: rows or an error, never a panic.
    for at in 0..whole.len() {
        let mut broken = whole.clone();
        broken[at] ^= 0xff;
        std::fs::write(&path, &broken).unwrap();
        let shown = read_path(&path);
        let fault = shown.lines().find(|line| line.starts_with("error: "));
        assert!(fault.is_none_or(|fault| fault.contains("cannot be read as Parquet: ")), "{at}: {shown}");
    }
}
