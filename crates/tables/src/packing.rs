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

/// The packing of these columns.
pub(crate) fn of(fields: &[Field], builder: WriterPropertiesBuilder) -> WriterPropertiesBuilder {
    let builder = builder.set_compression(Compression::UNCOMPRESSED).set_dictionary_enabled(false);
    fields.iter().fold(builder, |builder, field| column(builder, &mut vec![field.name().clone()], field))
}

/// One column, or the leaves below it. `path` is how Parquet names it.
fn column(
    builder: WriterPropertiesBuilder,
    path: &mut Vec<String>,
    field: &Field,
) -> WriterPropertiesBuilder {
    let leaf = ColumnPath::new(path.clone());
    match field.data_type() {
        DataType::Utf8 if is_label(field) => builder.set_column_dictionary_enabled(leaf, true),
        DataType::Utf8 => builder.set_column_compression(leaf, zstd()),
        DataType::UInt32 | DataType::UInt64 | DataType::Int64 => {
            builder.set_column_encoding(leaf, Encoding::DELTA_BINARY_PACKED)
        }
        DataType::List(item) => below(builder, path, &["list", item.name()], item),
        DataType::Struct(fields) => {
            fields.iter().fold(builder, |builder, field| below(builder, path, &[field.name()], field))
        }
        _ => builder,
    }
}

fn below(
    builder: WriterPropertiesBuilder,
    path: &mut Vec<String>,
    names: &[&str],
    field: &Field,
) -> WriterPropertiesBuilder {
    let depth = path.len();
    path.extend(names.iter().map(|name| (*name).to_owned()));
    let builder = column(builder, path, field);
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
        let found = packed([full::<Generation>()]);
        let check =
            |expect: &str| assert!(found.iter().any(|column| column == expect), "{expect}: {found:?}");
        check("model dictionary");
        check("reasoning zstd");
        check("completion_tokens differences");
        check("seconds");
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
