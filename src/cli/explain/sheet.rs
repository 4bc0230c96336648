//! The policy of an institution in plain words, each line with the place that decided it.

use std::fmt;

use crate::config::fault::Origin;
use crate::config::tenant::TenantFile;
use crate::model::ids::TargetHash;
use crate::model::method::Method;
use crate::policy::gates::{self, Distinct, Source};
use crate::policy::limits::{Limit, Scope, Who, guesses, sends, sets, starts};
use crate::policy::tenant::{HumanCheck, Population, Tenant};
use crate::text::catalog::Catalog;

/// Titles with their lines.
pub struct Sheet {
    head: String,
    parts: Vec<(&'static str, Vec<Line>)>,
}

struct Line {
    what: String,
    why: String,
}

/// Collects the lines of one part.
struct Part<'a> {
    file: &'a TenantFile,
    lines: Vec<Line>,
}

impl Sheet {
    /// Of one institution, and of a user name there.
    pub fn of(file: &TenantFile, catalog: &Catalog, user: Option<&str>) -> Self {
        let tenant = &file.tenant;
        let part = |fill: &dyn Fn(&mut Part<'_>)| {
            let mut part = Part { file, lines: Vec::new() };
            fill(&mut part);
            part.lines
        };
        let parts = vec![
            ("People", part(&|part| people(part, user))),
            ("Checks", part(&checks)),
            ("Password", part(&|part| password(part, catalog))),
            ("Limits", part(&limits_of)),
            ("Around it", part(&around)),
        ];
        Self { head: format!("{} ({}), read from {}", tenant.name, tenant.id, file.file.display()), parts }
    }
}

fn people(part: &mut Part<'_>, user: Option<&str>) {
    let tenant = &part.file.tenant;
    for population in &tenant.populations {
        let key = suffix_key(tenant, population);
        part.says(&key, format!("{}: user names end in @{}.", population.id, population.suffix));
    }
    if let Some(user) = user {
        match (tenant.population_of(user), user.contains('@')) {
            (Some(population), _) => {
                let what = format!("{user} is {}, by the domain {}.", population.id, population.suffix);
                part.says(&suffix_key(tenant, population), what);
            }
            (None, false) => part.built_in(format!("{user} has no domain: it is looked for in every population.")),
            (None, true) => part.built_in(format!("{user} is of no population: it gets the words of an unknown name.")),
        }
    }
    part.built_in(
        "Unknown, disabled, privileged, frozen and insufficiently registered accounts all get the same words.",
    );
}

fn suffix_key(tenant: &Tenant, population: &Population) -> String {
    let place = tenant.populations.iter().position(|one| one == population).unwrap_or(0);
    format!("populations[{}].suffix", place + 1)
}

fn checks(part: &mut Part<'_>) {
    let tenant = &part.file.tenant;
    let requirement = gates::requirement(tenant, Source::Unknown);
    let plural = if requirement.needed == 1 { "check" } else { "checks" };
    part.says(
        "gates.needed",
        format!("{} {plural} must pass, for a new password and for unlocking.", requirement.needed),
    );
    let distinct = match requirement.distinct {
        Distinct::Family => "Two count as two when neither their targets nor their families are the same.",
        Distinct::Target => "Two count as two when their targets differ: a text to the mobile, a call to the office.",
    };
    part.says("gates.distinct", distinct);
    part.says("gates.methods", format!("On offer, where registered and wired: {}.", names(&tenant.methods)));
    if requirement.needed == 1 && tenant.methods.contains(&Method::Totp) {
        part.built_in("A code of an authenticator app suffices alone where the person succeeded from the same chat before; from anywhere else one more check is asked for.");
    }
    part.built_in(format!("Delivered codes have {} digits and live 5 minutes.", requirement.code_digits()));
    match &tenant.questions {
        Some(questions) => {
            let what = format!(
                "{} of {} security questions are asked. Answers alone never suffice: one more check is asked for.",
                questions.asked,
                questions.catalogue.len()
            );
            part.says("questions.asked", what);
        }
        None => part.says("questions", "Security questions are off."),
    }
    let human = match tenant.human_check {
        HumanCheck::OnSuspicion => "A picture or audio challenge is set only past the soft limits.",
        HumanCheck::Always => "Every case starts with a picture or audio challenge.",
    };
    part.says("human_check", human);
}

fn password(part: &mut Part<'_>, catalog: &Catalog) {
    let tenant = &part.file.tenant;
    let english = catalog.languages().iter().find(|language| language.tag() == "en");
    let Some(language) = english.or(tenant.languages.first()) else { return };
    for rule in tenant.password.describe() {
        let key = match rule.rule {
            "min" => "password.min",
            "max" => "password.max",
            "lower" | "upper" | "digit" | "symbol" => "password.require",
            "classes" => "password.classes_of_four",
            "ascii" => "password.ascii_only",
            "names" => "password.name_part_min",
            "example" => "password.forbidden",
            "previous" => "password.reuse",
            _ => "",
        };
        let words = catalog.message(language, &rule.message, &rule.args);
        if key.is_empty() { part.built_in(words) } else { part.says(key, words) }
    }
}

fn limits_of(part: &mut Part<'_>) {
    let tenant = &part.file.tenant;
    let anyone = TargetHash([0; 32]);
    let who = Who { account: "", peer: "", case: "", tenant };
    part.limits("Starts", &starts::hard("", tenant));
    part.limits("Cases under way", &starts::live());
    part.limits("Starts before a challenge is set", &starts::soft("", tenant));
    part.limits("Browser starts before a challenge is set", &[starts::from("")]);
    part.limits("Runs for one name", &starts::identify(""));
    part.limits("Different names", &starts::names(""));
    part.limits("Messages", &sends::send(who, Method::Sms, Some(&anyone)));
    part.limits("Codes and answers compared", &guesses::code(who));
    part.limits("Codes and answers compared", &[guesses::code_from("", tenant)]);
    part.limits("Numbers and addresses compared", &guesses::contact(who));
    part.limits("Passwords handed in", &sets::attempt(who));
    part.limits("Passwords changed", &sets::change(who));
    part.limits("Passwords changed", &[sets::change_from("", tenant)]);
    part.built_in("A source from which a person succeeded has 5 starts, 5 messages, 5 wrong codes and 3 wrong numbers a day more.");
    let countries = match tenant.countries.as_slice() {
        [] => "Texts and calls go to numbers of every country; name those you want in `countries`.".to_owned(),
        some => format!("Texts and calls go to numbers of {} only.", some.join(", ")),
    };
    part.says("countries", countries);
}

fn around(part: &mut Part<'_>) {
    let tenant = &part.file.tenant;
    let languages: Vec<&str> = tenant.languages.iter().map(|language| language.tag()).collect();
    part.says("languages", format!("Languages, the first by default: {}.", languages.join(", ")));
    part.says("region", format!("Numbers without + belong to {}.", tenant.region));
    let unlock = if tenant.unlock { "can be unlocked and keep their password" } else { "are not unlocked here" };
    let summer = if tenant.local_time.summer.is_some() { ", an hour more in summer" } else { "" };
    part.says("time_zone", format!("Clocks are {} minutes ahead of UTC{summer}.", tenant.local_time.standard));
    part.says("unlock", format!("Locked accounts {unlock}."));
    let reason = if tenant.asks_reason { "is asked first" } else { "is not asked" };
    part.says("asks_reason", format!("Why the person cannot sign in {reason}."));
    part.says("sign_in", format!("The new password works at {}.", tenant.sign_in));
    if let Some(also) = &tenant.also_changes {
        part.says("also_changes", format!("Told before the change: it also changes {also}."));
    }
    let desk = &tenant.desk;
    let ways: Vec<&str> = [&desk.phone, &desk.mail, &desk.url].into_iter().flatten().map(String::as_str).collect();
    part.says("desk.name", format!("Service desk: {}, {}.", desk.name, ways.join(", ")));
}

impl Part<'_> {
    fn says(&mut self, key: &str, what: impl Into<String>) {
        let why = match self.file.findings.origins.get(key) {
            Some(Origin::Line(line)) => format!("line {line}"),
            Some(Origin::Default) | None => "default".to_owned(),
        };
        self.lines.push(Line { what: what.into(), why });
    }

    fn built_in(&mut self, what: impl Into<String>) {
        self.lines.push(Line { what: what.into(), why: "built in".to_owned() });
    }

    fn limits(&mut self, what: &str, limits: &[Limit]) {
        let caps = &self.file.tenant.caps;
        for limit in limits {
            let (of, key) = match &limit.scope {
                Scope::Peer(_) => ("a peer", None),
                Scope::Account(_) => ("an account or name", None),
                Scope::Destination(_) => ("a number or mailbox", None),
                Scope::Address(_) if limit.limit == caps.wrong_codes_an_hour_an_address => {
                    ("a network address", Some("caps.wrong_codes_an_hour_an_address"))
                }
                Scope::Address(_) if limit.limit == caps.changes_an_hour_an_address => {
                    ("a network address", Some("caps.changes_an_hour_an_address"))
                }
                Scope::Address(_) => ("a network address", None),
                Scope::Case(_) => ("a case", None),
                Scope::Source(_) => ("a known source", None),
                Scope::Prefix(_) => ("a country or block of numbers", None),
                Scope::Everybody => ("all tenants together", None),
                Scope::Tenant(_) if limit.limit == caps.messages_a_day => ("all", Some("caps.messages_a_day")),
                Scope::Tenant(_) if limit.limit == caps.wrong_codes_a_day => ("all", Some("caps.wrong_codes_a_day")),
                Scope::Tenant(_) => ("all", None),
            };
            let said = format!("{what}: {} in {} for {of}.", limit.limit, window(limit.window.0));
            match key {
                Some(key) => self.says(key, said),
                None => self.built_in(said),
            }
        }
    }
}

fn window(seconds: u32) -> String {
    match seconds {
        3_600 => "an hour".to_owned(),
        86_400 => "a day".to_owned(),
        seconds if seconds > 86_400 => "all, until a success".to_owned(),
        seconds if seconds >= 60 => format!("{} minutes", seconds / 60),
        seconds => format!("{seconds} seconds"),
    }
}

fn names(methods: &[Method]) -> String {
    methods.iter().map(|method| method.name()).collect::<Vec<_>>().join(", ")
}

impl fmt::Display for Sheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.head)?;
        for (title, lines) in &self.parts {
            writeln!(f, "\n{title}")?;
            for line in lines {
                writeln!(f, "  {:<10} {}", line.why, line.what)?;
            }
        }
        Ok(())
    }
}
