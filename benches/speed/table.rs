//! One table, as it stands in `docs/performance.md`: what was measured, what must be, what is aimed at.

/// One line.
pub struct Row {
    pub what: String,
    pub found: String,
    pub must: String,
    pub goal: String,
    /// Whether the must is kept, where there is one.
    pub kept: Option<bool>,
}

#[derive(Default)]
pub struct Table(Vec<Row>);

/// What a figure is held against.
#[derive(Clone, Copy)]
pub enum Bar {
    None,
    AtLeast(f64, f64),
    AtMost(f64, f64),
}

impl Table {
    /// A line, told at once so that whoever waits sees something.
    pub fn row(&mut self, what: impl Into<String>, figure: f64, unit: &str, bar: Bar) {
        let round = |figure: f64| if figure.abs() < 100.0 { format!("{figure:.2}") } else { format!("{figure:.0}") };
        let (must, goal, kept) = match bar {
            Bar::None => (String::new(), String::new(), None),
            Bar::AtLeast(must, goal) => (format!(">= {must}"), format!("{goal}"), Some(figure >= must)),
            Bar::AtMost(must, goal) => (format!("<= {must}"), format!("{goal}"), Some(figure <= must)),
        };
        let row = Row { what: what.into(), found: format!("{} {unit}", round(figure)), must, goal, kept };
        eprintln!("  {}: {}", row.what, row.found);
        self.0.push(row);
    }

    pub fn print(&self) {
        println!("\n| what | measured | must | goal | |\n|---|---|---|---|---|");
        for Row { what, found, must, goal, kept } in &self.0 {
            let kept = kept.map_or("", |kept| if kept { "kept" } else { "MISSED" });
            println!("| {what} | {found} | {must} | {goal} | {kept} |");
        }
    }
}

pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
