//! Tables on their own, next to the report: as a terminal or Markdown shows them, and as records for programs.

use serde_json::Value;

use super::table::View;

/// One or several tables with the numbers behind them.
#[derive(Clone, Debug, Default)]
pub struct TableSet {
    /// For people.
    pub views: Vec<View>,
    /// For programs: records with the same keys, in this order.
    pub keys: &'static [&'static str],
    /// A value for each key.
    pub records: Vec<Vec<Value>>,
    /// Said in place of tables without rows.
    pub nothing: &'static str,
    /// What a reader of the tables has to know.
    pub notes: Vec<String>,
}
