//! What people read: a table per area and dialect, the cases that differ, and whether the floors hold.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::compare::Agreement;
use crate::floors::{Bounds, MOST_EXCEPTIONS};
use crate::judge::Judged;
use crate::unsayable::By;

/// How many cases went which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All.
    pub cases: usize,
    /// The same bytes.
    pub exact: usize,
    /// The same apart from generated names and the form of parameters; the exact ones included.
    pub lax: usize,
    /// Another text.
    pub differ: usize,
    /// No text, because our tree or the loader has no place for it.
    pub unloaded: usize,
    /// No text, because our compiler refuses it.
    pub refused: usize,
    /// Of those that agree: other bound values.
    pub values: usize,
}

impl Counts {
    fn add(&mut self, judged: &Judged<'_>) {
        self.cases += 1;
        match judged.agreement {
            Some(Agreement::Exact) => {
                self.exact += 1;
                self.lax += 1;
            }
            Some(Agreement::Lax) => self.lax += 1,
            Some(Agreement::Differs) => self.differ += 1,
            None => match &judged.ours {
                Err(error) if error.by == By::Compiler => self.refused += 1,
                _ => self.unloaded += 1,
            },
        }
        self.values += usize::from(judged.values == Some(false));
    }

    /// The part of all cases in percent.
    pub fn percent(&self, part: usize) -> f64 {
        if self.cases == 0 { 0.0 } else { 100.0 * part as f64 / self.cases as f64 }
    }
}

/// The counts of each area.
pub fn by_area(judged: &[Judged<'_>]) -> BTreeMap<String, Counts> {
    let mut areas: BTreeMap<String, Counts> = BTreeMap::new();
    for one in judged {
        areas.entry(one.case.area.clone()).or_default().add(one);
    }
    areas
}

/// The table of all areas and dialects, and a last line of totals.
pub fn table(judged: &[Judged<'_>]) -> String {
    let mut rows: BTreeMap<(&str, &str), Counts> = BTreeMap::new();
    let mut total = Counts::default();
    for one in judged {
        rows.entry((&one.case.area, &one.case.dialect)).or_default().add(one);
        total.add(one);
    }
    let mut text = format!(
        "{:<12} {:<11} {:>5} {:>7} {:>7} {:>7} {:>7}   {:>5} {:>5} {:>6}\n",
        "area", "dialect", "cases", "exact", "lax", "differ", "unsaid", "tree", "error", "values"
    );
    let areas = by_area(judged);
    for (area, counts) in &areas {
        let dialects: Vec<_> = rows.iter().filter(|((of, _), _)| of == area).collect();
        for ((_, dialect), counts) in &dialects {
            row(&mut text, area, dialect, counts);
        }
        if dialects.len() > 1 {
            row(&mut text, area, "(all)", counts);
        }
    }
    row(&mut text, "total", "", &total);
    text
}

fn row(text: &mut String, area: &str, dialect: &str, counts: &Counts) {
    let percent = |part| format!("{:.1}%", counts.percent(part));
    // Writing to a String does not fail.
    let _ = writeln!(
        text,
        "{area:<12} {dialect:<11} {:>5} {:>7} {:>7} {:>7} {:>7}   {:>5} {:>5} {:>6}",
        counts.cases,
        percent(counts.exact),
        percent(counts.lax),
        percent(counts.differ),
        percent(counts.unloaded + counts.refused),
        counts.unloaded,
        counts.refused,
        counts.values,
    );
}

/// The first cases that do not agree, with what was expected and what came out. Those with other bound values come last.
pub fn differences(judged: &[Judged<'_>], bounds: &Bounds, most: usize) -> String {
    let mut text = String::new();
    let texts = judged.iter().filter(|one| !one.agrees());
    let values = judged.iter().filter(|one| one.values == Some(false));
    for one in texts.chain(values).take(most) {
        let case = one.case;
        let _ = writeln!(text, "== {} [{}]", case.id, case.dialect);
        if let Some(reason) = bounds.exceptions.get(&case.id) {
            let _ = writeln!(text, "   an exception: {reason}");
        }
        if one.values == Some(false) {
            let _ = writeln!(text, "   the bound values differ");
        }
        let _ = writeln!(text, "   expected: {}", case.expected.sql);
        let _ = match &one.ours {
            Ok(sql) => writeln!(text, "   ours:     {sql}"),
            Err(error) => writeln!(text, "   {error}"),
        };
    }
    text
}

/// Why cases have no text, the most frequent reason first.
pub fn reasons(judged: &[Judged<'_>], most: usize) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for error in judged.iter().filter_map(|one| one.ours.as_ref().err()) {
        *counts.entry(error.to_string()).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by(|(first, more), (second, less)| less.cmp(more).then_with(|| first.cmp(second)));
    counts.into_iter().take(most).fold(String::new(), |mut text, (reason, count)| {
        let _ = writeln!(text, "{count:>6}  {reason}");
        text
    })
}

/// What does not keep to the bounds: an area below its floor, or exceptions that are too many or none any more. The
/// ids of exceptions are looked for only where `all` cases were judged.
pub fn findings(judged: &[Judged<'_>], bounds: &Bounds, all: bool) -> Vec<String> {
    let mut findings = Vec::new();
    for (area, counts) in by_area(judged) {
        let lax = counts.percent(counts.lax);
        match bounds.lax.get(&area) {
            Some(floor) if lax < *floor => findings.push(format!(
                "{area}: {lax:.1} % of the cases agree, and floors.toml wants {floor} % at least"
            )),
            None if all => findings.push(format!("{area}: floors.toml has no floor for it")),
            _ => {}
        }
        let of_area = judged.iter().filter(|one| one.case.area == area);
        let excepted = of_area.filter(|one| bounds.exceptions.contains_key(&one.case.id)).count();
        if all && counts.percent(excepted) > MOST_EXCEPTIONS {
            findings.push(format!(
                "{area}: {excepted} of {} cases are exceptions, and {MOST_EXCEPTIONS} % are allowed",
                counts.cases
            ));
        }
    }
    for id in bounds.exceptions.keys() {
        match judged.iter().find(|one| one.case.id == *id) {
            Some(one) if one.agrees() => {
                findings.push(format!("{id}: is listed in exceptions.toml, and agrees: remove it there"));
            }
            None if all => {
                findings.push(format!("{id}: is listed in exceptions.toml, and there is no such case"))
            }
            _ => {}
        }
    }
    findings
}
