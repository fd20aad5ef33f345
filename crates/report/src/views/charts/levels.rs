//! The six measures over the groups of problems: of one model, and of several side by side.

use tables::MetricValue;

use super::figure::{Drawing, Figure};
use super::panel::Panel;
use super::scale::Categories;
use super::sketch::{draw, legend_key, subset_series, subsets};
use crate::error::ReportError;
use crate::model::{Group, Report};
use crate::views::headline;
use crate::views::measures::{Measure, headline_measures};
use crate::views::sentences::capital;
use crate::views::table::{View, subset_label};

/// One model's six measures over its groups of problems.
///
/// # Errors
/// A chart that cannot be drawn, which is a defect.
pub fn of_model(report: &Report, group: &Group) -> Result<Figure, ReportError> {
    let names = subsets(&[group]);
    let panels = headline_measures(&report.about).map(|measure| {
        let overall = report.overall(group, measure.name).filter(|_| !group.subsets.is_empty());
        panel(report, &[group], measure, &names, overall.and_then(|row| row.value))
    });
    Ok(Figure {
        caption: format!("{} over {}. Bars are 95 % intervals.", report.heading(group), over(&names)),
        panels: panels.collect::<Result<_, _>>()?,
        legend: Vec::new(),
        numbers: headline::measures(report, group),
    })
}

/// Several models side by side over the groups of problems that any of them has.
///
/// # Errors
/// A chart that cannot be drawn, which is a defect.
pub fn side_by_side(report: &Report, groups: &[&Group]) -> Result<Figure, ReportError> {
    let names = subsets(groups);
    let panels = headline_measures(&report.about).map(|measure| panel(report, groups, measure, &names, None));
    let legend = groups.iter().enumerate().map(|(index, group)| legend_key(&group.model, index));
    Ok(Figure {
        caption: format!("{} models over {}. Bars are 95 % intervals.", groups.len(), over(&names)),
        panels: panels.collect::<Result<_, _>>()?,
        legend: legend.collect::<Result<_, _>>()?,
        numbers: together(report, groups),
    })
}

fn over(names: &[String]) -> String {
    match names {
        [first, .., last] => {
            let (first, last) = (subset_label(first), subset_label(last));
            format!("{} groups of problems, {first} to {last}", names.len())
        }
        [one] if one != MetricValue::OVERALL => subset_label(one),
        _ => "all problems".to_owned(),
    }
}

fn panel(
    report: &Report,
    groups: &[&Group],
    measure: Measure,
    names: &[String],
    overall: Option<f64>,
) -> Result<Drawing, ReportError> {
    let labels: Vec<String> = names.iter().map(|name| subset_label(name)).collect();
    let approximate = measure.tokens && groups.iter().any(|group| report.approximate(group));
    let series = subset_series(report, groups, names, measure.name);
    let title = capital(measure.heads.title);
    let panel = Panel::of(&title, measure.unit, approximate, Categories::new(&labels), series);
    draw(&Panel { overall, ..panel }, &labels)
}

/// The measures of all models in one table, for the numbers below the chart.
fn together(report: &Report, groups: &[&Group]) -> View {
    let mut whole = View::default();
    for group in groups {
        let view = headline::measures(report, group);
        whole.columns = view.columns;
        whole.rows.extend(view.rows.into_iter().map(|mut row| {
            row.label = format!("{} · {}", group.model, row.label);
            row
        }));
    }
    whole.caption = "The numbers of the charts".to_owned();
    whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn a_model_has_a_panel_for_each_measure_and_says_its_figures() {
        let report = fixture::report();
        let figure = of_model(&report, &report.groups[0]).unwrap();
        let titles: Vec<&str> = figure.panels.iter().map(|panel| panel.title.as_str()).collect();
        assert_eq!(titles.len(), 6);
        assert_eq!(titles[4], "Token efficiency");
        insta::assert_snapshot!(figure.caption, @"overthinker over 3 groups of problems, Level 1 to Level 3. Bars are 95 % intervals.");
        insta::assert_snapshot!(figure.panels[0].description, @"overthinker: Level 1 100.0 %, Level 2 93.8 %, Level 3 68.8 %.");
    }

    #[test]
    fn side_by_side_has_a_key_for_each_model_and_a_gap_where_nothing_is() {
        let report = fixture::report();
        let groups: Vec<&Group> = report.groups.iter().collect();
        let figure = side_by_side(&report, &groups).unwrap();
        assert_eq!(figure.legend.len(), 3);
        assert!(figure.panels[1].title.ends_with('≈'));
        assert!(figure.panels[1].description.contains("Level 2 –"), "{}", figure.panels[1].description);
        assert!(figure.panels.iter().all(|panel| !panel.body.contains("<script")));
    }

    #[test]
    fn data_without_groups_has_one_category() {
        let mut report = fixture::report();
        report.groups[0].subsets.clear();
        let figure = of_model(&report, &report.groups[0]).unwrap();
        assert!(figure.caption.contains("over all problems"));
        assert!(figure.panels[0].body.contains("overall"));
    }
}
