//! Tables on their own, beside the report: as a terminal or Markdown shows them, and as records for programs.

use serde_json::{Map, Value};

use crate::Format;
use crate::views::View;

/// One or several tables with the numbers behind them.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// For people.
    pub(crate) views: Vec<View>,
    /// For programs: records with the same keys, in this order.
    pub(crate) keys: &'static [&'static str],
    /// A value for each key.
    pub(crate) records: Vec<Vec<Value>>,
    /// Said in place of tables without rows.
    pub(crate) nothing: &'static str,
}

impl Sheet {
    /// The tables in one format. `width` (columns) and `color` only concern [`Format::Table`].
    pub fn render(&self, format: Format, width: u16, color: bool) -> String {
        let words = |text: String| if self.records.is_empty() { format!("{}\n", self.nothing) } else { text };
        match format {
            Format::Table => words(crate::terminal::tables(&self.views, width, color)),
            Format::Md => words(crate::markdown::tables(&self.views)),
            Format::Csv => self.csv(),
            // Strings and numbers under string keys: nothing in here can fail to serialise.
            Format::Json => serde_json::to_string_pretty(&self.objects()).unwrap_or_default() + "\n",
            Format::Jsonl => self.objects().iter().map(|record| format!("{record}\n")).collect(),
        }
    }

    fn objects(&self) -> Vec<Value> {
        let object = |record: &Vec<Value>| {
            let pairs = self.keys.iter().zip(record).map(|(key, value)| ((*key).to_owned(), value.clone()));
            Value::Object(pairs.collect::<Map<String, Value>>())
        };
        self.records.iter().map(object).collect()
    }

    fn csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        // Writing to memory cannot fail, and every record has the same keys.
        let _ = writer.write_record(self.keys);
        for record in &self.records {
            let _ = writer.write_record(record.iter().map(field));
        }
        String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
    }
}

/// A missing value is an empty field.
fn field(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
