//! How each column is packed: by what its values are, so that only what shrinks is compressed.
//!
//! A compressor costs a hundred kilobytes and some time for each column that is written or read, however short it is.
//! So it is kept for texts; whole numbers are stored as differences, labels as places in a dictionary.

use arrow_schema::{DataType, Field};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::WriterPropertiesBuilder;
use parquet::schema::types::ColumnPath;

use crate::column::is_label;

/// Beyond this zstd takes three times as long for 15 % less.
const ZSTD_LEVEL: i32 = 3;

/// The packing of these columns, of which texts are compressed or not.
pub(crate) fn of(
    fields: &[Field],
    compressed: bool,
    builder: WriterPropertiesBuilder,
) -> WriterPropertiesBuilder {
    let builder = builder.set_compression(Compression::UNCOMPRESSED).set_dictionary_enabled(false);
    let texts = if compressed { zstd() } else { Compression::UNCOMPRESSED };
    let column = |builder, field: &Field| column(builder, &mut vec![field.name().clone()], texts, field);
    fields.iter().fold(builder, column)
}

/// One column, or the leaves below it. `path` is how Parquet names it.
fn column(
    builder: WriterPropertiesBuilder,
    path: &mut Vec<String>,
    texts: Compression,
    field: &Field,
) -> WriterPropertiesBuilder {
    let leaf = ColumnPath::new(path.clone());
    match field.data_type() {
        DataType::Utf8 if is_label(field) => builder.set_column_dictionary_enabled(leaf, true),
        DataType::Utf8 => builder.set_column_compression(leaf, texts),
        DataType::UInt32 | DataType::UInt64 | DataType::Int64 => {
            builder.set_column_encoding(leaf, Encoding::DELTA_BINARY_PACKED)
        }
        DataType::List(item) => below(builder, path, &["list", item.name()], texts, item),
        DataType::Struct(fields) => {
            fields.iter().fold(builder, |builder, field| below(builder, path, &[field.name()], texts, field))
        }
        _ => builder,
    }
}

fn below(
    builder: WriterPropertiesBuilder,
    path: &mut Vec<String>,
    names: &[&str],
    texts: Compression,
    field: &Field,
) -> WriterPropertiesBuilder {
    let depth = path.len();
    path.extend(names.iter().map(|name| (*name).to_owned()));
    let builder = column(builder, path, texts, field);
    path.truncate(depth);
    builder
}

fn zstd() -> Compression {
    // The level is a constant within the library's range; its own default would only pack less.
    Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use parquet::file::reader::{FileReader, SerializedFileReader};

    use super::*;
    use crate::rows::full::full;
    use crate::{Generation, Provenance, Row, Split, Step, TableWriter};

    /// How each column is packed in a table of these rows, as a reader finds them.
    fn packed<R: Row>(rows: impl IntoIterator<Item = R>) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.parquet");
        let mut writer = TableWriter::create(&path, &Provenance::default()).unwrap();
        rows.into_iter().for_each(|row| writer.push(row).unwrap());
        writer.finish().unwrap();
        let file = SerializedFileReader::new(std::fs::File::open(path).unwrap()).unwrap();
        let group = file.metadata().row_group(0);
        let columns = group.columns().iter().map(|column| {
            let delta = column.encodings().any(|encoding| encoding == Encoding::DELTA_BINARY_PACKED);
            let dictionary = column.dictionary_page_offset().is_some();
            let zstd = matches!(column.compression(), Compression::ZSTD(_));
            let how = [(zstd, " zstd"), (delta, " differences"), (dictionary, " dictionary")];
            let how: String = how.iter().filter(|(is, _)| *is).map(|(_, how)| *how).collect();
            column.column_path().string() + &how
        });
        columns.collect()
    }

    #[test]
    fn each_column_is_packed_by_what_it_holds() {
        let found = packed((0..300).map(|_| full::<Generation>()));
        let check =
            |expect: &str| assert!(found.iter().any(|column| column == expect), "{expect}: {found:?}");
        check("model dictionary");
        check("reasoning zstd");
        check("completion_tokens differences");
        check("seconds");
    }

    #[test]
    fn a_table_of_a_few_short_rows_is_not_compressed() {
        let zstd = |rows: Vec<Generation>| packed(rows).iter().any(|column| column.ends_with(" zstd"));
        let long = Generation { reasoning: "so ".repeat(100_000), ..full::<Generation>() };
        assert!(!zstd(vec![full::<Generation>(); 3]));
        assert!(zstd(vec![long]) && zstd(vec![full::<Generation>(); 300]));
    }

    #[test]
    fn what_stands_in_lists_is_packed_too() {
        let steps = (0..9).map(|at| Step { start: at, end: at + 1, tokens: 1 }).collect();
        let found = packed([Split { steps, ..Split::default() }]);
        let check =
            |expect: &str| assert!(found.iter().any(|column| column == expect), "{expect}: {found:?}");
        check("steps.list.item.start differences");
        check("note dictionary");
    }
}
