//! What holds for every row type: its columns are those of the snapshot, and a row survives the trip to Arrow and back.

use std::fmt::Debug;

use arrow_schema::DataType;

use super::full::full;
use super::*;
use crate::column::is_label;
use crate::{Field, Provenance, Row, TableReader, TableWriter, row};

fn round_trip<R: Row + Default + PartialEq + Debug>() {
    let rows = vec![R::default(), full()];
    let batch = R::to_batch(&rows).unwrap();
    assert_eq!(R::from_batch(&batch).unwrap(), rows, "{}", R::NAME);
}

#[test]
fn every_row_survives_the_trip_to_arrow_and_back() {
    round_trip::<Problem>();
    round_trip::<Reply>();
    round_trip::<Generation>();
    round_trip::<Grade>();
    round_trip::<Split>();
    round_trip::<Judgment>();
    round_trip::<Score>();
    round_trip::<MetricValue>();
    round_trip::<OperatingPoint>();
    round_trip::<Tree>();
    round_trip::<Test>();
    round_trip::<Vote>();
    round_trip::<Rating>();
}

/// The columns, a line each: name, type, `?` where it may be null, and what it is to the writer.
fn columns<R: Row>() -> String {
    let mut lines = vec![format!("{} {}", R::NAME, R::VERSION)];
    R::fields().iter().for_each(|field| line(field, 1, &mut lines));
    lines.join("\n") + "\n"
}

fn line(field: &Field, depth: usize, lines: &mut Vec<String>) {
    let (null, label) =
        (if field.is_nullable() { "?" } else { "" }, if is_label(field) { " label" } else { "" });
    let (kind, below) = match field.data_type() {
        DataType::List(item) => ("List".to_owned(), vec![item.as_ref()]),
        DataType::Struct(fields) => ("Struct".to_owned(), fields.iter().map(AsRef::as_ref).collect()),
        plain => (plain.to_string(), vec![]),
    };
    let metadata = field.metadata().len();
    assert_eq!(metadata, usize::from(is_label(field)), "nothing else is noted of {}", field.name());
    lines.push(format!("{:indent$}{} {kind}{null}{label}", "", field.name(), indent = 2 * depth));
    below.into_iter().for_each(|field| line(field, depth + 1, lines));
}

/// A file that was written with other columns is read wrongly, so whoever changes this snapshot raises a VERSION.
#[test]
fn columns_are_those_of_their_version() {
    let all = [
        columns::<Problem>(),
        columns::<Reply>(),
        columns::<Generation>(),
        columns::<Grade>(),
        columns::<Split>(),
        columns::<Judgment>(),
        columns::<Score>(),
        columns::<MetricValue>(),
        columns::<OperatingPoint>(),
        columns::<Tree>(),
        columns::<Test>(),
        columns::<Vote>(),
        columns::<Rating>(),
    ];
    insta::assert_snapshot!(all.join("\n"));
}

row! {
    /// A table as it was.
    struct Before is "growing", version 4 {
        /// A name.
        name: String,
    }
}

row! {
    /// The same with a column more.
    struct Now is "growing", version 5 since 4 {
        /// A name.
        name: String,
        /// What came since.
        more: Option<f64>,
    }
}

row! {
    /// The same where the old ones are not understood any more.
    struct Anew is "growing", version 6 {
        /// A name.
        name: String,
    }
}

/// A column that came since is null in a table of before.
#[test]
fn a_table_of_an_earlier_version_is_read_where_only_columns_were_added() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t");
    let mut writer = TableWriter::create(&path, &Provenance::default()).unwrap();
    writer.push(Before { name: "a".into() }).unwrap();
    writer.finish().unwrap();
    let rows: Vec<Now> = TableReader::open(&path).unwrap().map(Result::unwrap).collect();
    assert_eq!(rows, [Now { name: "a".into(), more: None }]);
    let error = TableReader::<Anew>::open(&path).map(drop).unwrap_err().to_string();
    assert!(
        error.contains("holds version 4 of the `growing` table, this program reads version 6"),
        "{error}"
    );
}
