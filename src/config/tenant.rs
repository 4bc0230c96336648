//! Reads the file of an institution into a [`Tenant`], checked completely.

pub mod gates;
pub mod logo;
mod password;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::config::fault::ConfigFault;
use crate::config::reader::{Document, Findings, Section};
use crate::http::colour::{ENOUGH, FALLBACK, Rgb};
use crate::model::contacts::PhoneNumber;
use crate::model::ids::TenantId;
use crate::model::names::OptionKey;
use crate::model::peer::Language;
use crate::policy::local_time::{LocalTime, Summer};
use crate::policy::opening::Opening;
use crate::policy::tenant::{Brand, CallConfirm, Caps, HumanCheck, Logo, Population, ServiceDesk, Tenant};

/// The four institutions that ship with the program, as id and text of their file.
const SHIPPED: [(&str, &str); 4] = [
    ("apu", include_str!("../../examples/tenants/apu.toml")),
    ("imu", include_str!("../../examples/tenants/imu.toml")),
    ("office365", include_str!("../../examples/tenants/office365.toml")),
    ("aps", include_str!("../../examples/tenants/aps.toml")),
];

/// Their pictures, by the path that their files give.
const SHIPPED_LOGOS: [(&str, &[u8]); 1] =
    [("examples/tenants/apu.svg", include_bytes!("../../examples/tenants/apu.svg"))];

/// A tenant with the place of each of its values, for `ringback explain`.
pub struct TenantFile {
    /// Where it was read from; for one that ships, its place in the source.
    pub file: PathBuf,
    pub tenant: Tenant,
    pub findings: Findings,
}

/// The tenants that ship with the program. They are tested to be without fault.
pub fn shipped(languages: &[Language]) -> Vec<Tenant> {
    let read = |(id, _): &(&str, &str)| Some(shipped_file(id, languages)?.ok()?.tenant);
    SHIPPED.iter().filter_map(read).collect()
}

/// Every shipped file, read, with its faults and warnings.
pub fn shipped_files(languages: &[Language]) -> impl Iterator<Item = Result<TenantFile, Vec<ConfigFault>>> {
    SHIPPED.iter().filter_map(|(id, _)| shipped_file(id, languages))
}

/// One of them by its id, with the place of each value; `None` when none has that id.
pub fn shipped_file(id: &str, languages: &[Language]) -> Option<Result<TenantFile, Vec<ConfigFault>>> {
    let (id, text) = SHIPPED.iter().find(|(shipped, _)| *shipped == id)?;
    Some(parse(id, &PathBuf::from(format!("examples/tenants/{id}.toml")), text, languages))
}

/// Reads a tenant. `id` is the name of its file, `languages` are those that have locales.
pub fn parse(id: &str, file: &Path, text: &str, languages: &[Language]) -> Result<TenantFile, Vec<ConfigFault>> {
    let document = Document::new(file, text);
    let table = document.parse();
    let tenant = read(id, document.root(&table), languages);
    drop(table);
    let findings = document.findings();
    match tenant {
        Some(tenant) if findings.faults.is_empty() => Ok(TenantFile { file: file.to_owned(), tenant, findings }),
        Some(_) | None => Err(findings.faults),
    }
}

/// `None` when something is missing that has no default; the fault is on record then.
fn read(id: &str, mut file: Section<'_>, languages: &[Language]) -> Option<Tenant> {
    if let Err(what) = tenant_id(id) {
        file.fault("", what, "Call the file `<id>.toml` with an id of 1 to 32 characters of a-z, 0-9 and `-`.");
    }
    let name = file.text("name", "Write the institution's name as its people know it.");
    let spoken = file.list("languages", "Write tags that have a folder in the locales, such as \"en\".", |tag| {
        languages.iter().find(|known| known.tag() == tag).cloned().ok_or("no locale of this name is shipped")
    });
    if spoken.is_empty() && !file.has("languages") {
        file.missing("languages", "Write languages = [\"en\"]; the first is the default.");
    }
    let region = file.parsed("region", "Write the ISO 3166 code of the country, such as MY or US.", region);
    let local_time = local_time(&mut file);
    let hint_letters = u8::try_from(file.number("hint_letters", 1..=2, 1)).unwrap_or(1);
    let populations = populations(&mut file);
    let gates = gates::read(&mut file, &spoken);
    let password = password::read(file.section("password"));
    let sign_in = file.parsed("sign_in", "Write the whole address with https://.", https);
    let also_changes = file.optional_text("also_changes");
    let register_help = file.optional_parsed("register_help", "Write the whole address with https://.", https);
    let unlock = file.flag("unlock", true);
    let asks_reason = file.flag("asks_reason", false);
    let human_check = file
        .optional_parsed("human_check", "Write \"on_suspicion\" or \"always\".", human_check)
        .unwrap_or(HumanCheck::OnSuspicion);
    let call_confirm =
        file.optional_parsed("call_confirm", "Write \"pair\" or \"pound\".", call_confirm).unwrap_or(CallConfirm::Pair);
    let brand = brand(file.section("brand"));
    let desk = desk(file.section("desk"));
    let caps = caps(file.section("caps"));
    let countries = file.list("countries", "Write ISO 3166 codes of countries, such as \"MY\".", region_of);
    file.close();
    Some(Tenant {
        id: TenantId(id.to_owned()),
        name,
        brand,
        languages: spoken,
        region: region?,
        local_time,
        hint_letters,
        populations,
        gates_needed: gates.needed,
        distinct: gates.distinct,
        methods: gates.methods,
        decoy_mix: gates.decoy_mix,
        questions: gates.questions,
        password,
        unlock,
        asks_reason,
        human_check,
        sign_in: sign_in?,
        also_changes,
        register_help,
        desk,
        call_confirm,
        caps,
        countries,
    })
}

fn local_time(file: &mut Section<'_>) -> LocalTime {
    let standard = file.optional_parsed("time_zone", "Write hours ahead of UTC like \"+08:00\".", offset).unwrap_or(0);
    let summer = file.optional_parsed("summer_time", "Write \"us\" or \"eu\", or leave it out.", |text| match text {
        "us" => Ok(Summer::UnitedStates),
        "eu" => Ok(Summer::Europe),
        _ => Err("not a rule for summer time"),
    });
    LocalTime { standard, summer }
}

/// Minutes of `+08:00`, `-05:00`, `+05:30`.
fn offset(text: &str) -> Result<i16, &'static str> {
    const SHAPE: &str = "not of the form +08:00";
    let (sign, rest) = match text.split_at_checked(1) {
        Some(("+", rest)) => (1, rest),
        Some(("-", rest)) => (-1, rest),
        Some(_) | None => return Err(SHAPE),
    };
    let (hours, minutes) = rest.split_once(':').ok_or(SHAPE)?;
    let number = |part: &str, most: i16| match part.parse::<u8>() {
        Ok(number) if part.len() == 2 && i16::from(number) <= most => Ok(i16::from(number)),
        Ok(_) | Err(_) => Err(SHAPE),
    };
    Ok(sign * (number(hours, 14)? * 60 + number(minutes, 59)?))
}

fn populations(file: &mut Section<'_>) -> Vec<Population> {
    let mut populations = Vec::new();
    let mut suffixes = BTreeSet::new();
    for mut section in file.sections("populations") {
        let id = section.parsed("id", "Write student, staff or another label of the locales.", OptionKey::parse);
        let suffix = section.parsed("suffix", "Write the domain alone, such as student.example.edu.", domain);
        let example = section.optional_text("example");
        if let Some(suffix) = suffix.as_ref().filter(|suffix| !suffixes.insert((*suffix).clone())) {
            section.fault("suffix", format!("`{suffix}` belongs to two populations"), "Give each its own.");
        }
        section.close();
        if let (Some(id), Some(suffix)) = (id, suffix) {
            populations.push(Population { id, suffix, example });
        }
    }
    if populations.is_empty() && !file.has("populations") {
        file.missing("populations", "Write [[populations]] with id and suffix for each kind of people.");
    }
    populations
}

fn brand(mut section: Section<'_>) -> Brand {
    let accent = section.optional_text("accent");
    let logo = logo(&mut section);
    let read = accent.as_deref().map_or(Some(FALLBACK), Rgb::parse);
    if read.is_none() {
        section.fault("accent", "is not of the form #rrggbb", "Write it like \"#1f4e79\".");
    }
    let read = read.unwrap_or(FALLBACK);
    let contrast = read.contrast(Rgb::WHITE);
    if contrast < ENOUGH {
        let what = format!("{} has a contrast of {contrast:.1} to white text; pages need {ENOUGH}", read.css());
        section.warn("accent", what, format!("Choose a darker colour; until then {} is used.", FALLBACK.css()));
    }
    section.close();
    let accent = if contrast < ENOUGH { FALLBACK } else { read };
    Brand { accent: accent.css(), logo }
}

/// The picture beside the institution's file.
fn logo(section: &mut Section<'_>) -> Option<Logo> {
    const REMEDY: &str = "Name a PNG or plain SVG of at most 64 KiB in the folder of this file, or leave it out.";
    let path = section.path("logo")?;
    let shipped = SHIPPED_LOGOS.iter().find(|(name, _)| path == Path::new(name)).map(|(_, bytes)| bytes.to_vec());
    let bytes = match shipped.map_or_else(|| std::fs::read(&path), Ok) {
        Ok(bytes) => bytes,
        Err(error) => {
            section.fault("logo", format!("`{}`: {error}", path.display()), REMEDY);
            return None;
        }
    };
    let read = logo::read(&bytes);
    read.map_err(|what| section.fault("logo", format!("`{}` {what}", path.display()), REMEDY)).ok()
}

fn desk(mut section: Section<'_>) -> ServiceDesk {
    let desk = ServiceDesk {
        name: section.text("name", "Write what people call the service desk."),
        phone: section.optional_text("phone"),
        mail: section.optional_parsed("mail", "Write one mail address.", mail_address),
        url: section.optional_parsed("url", "Write the whole address with https://.", https),
        hours: section.optional_text("hours"),
        transfer: section.optional_parsed(
            "transfer",
            "Write the whole number with +, such as +60327317000.",
            whole_number,
        ),
        open: section.list("open", "Write days and hours like \"mon-fri 08:30-17:30\".", Opening::parse),
    };
    if ["phone", "mail", "url"].iter().all(|way| !section.has(way)) {
        section.missing("phone", "Write at least one of phone, mail and url: every dead end names the way on.");
    }
    section.close();
    desk
}

fn whole_number(text: &str) -> Result<PhoneNumber, &'static str> {
    const SHAPE: &str = "not a whole telephone number";
    if !text.starts_with('+') {
        return Err(SHAPE);
    }
    PhoneNumber::parse(text, "").map_err(|_| SHAPE)
}

fn caps(mut section: Section<'_>) -> Caps {
    let usual = Caps::default();
    let caps = Caps {
        messages_a_day: section.number("messages_a_day", 1..=1_000_000, usual.messages_a_day),
        wrong_codes_a_day: section.number("wrong_codes_a_day", 10..=100_000, usual.wrong_codes_a_day),
        messages_of_all_a_day: usual.messages_of_all_a_day,
        wrong_codes_an_hour_an_address: section.number(
            "wrong_codes_an_hour_an_address",
            5..=10_000,
            usual.wrong_codes_an_hour_an_address,
        ),
        changes_an_hour_an_address: section.number(
            "changes_an_hour_an_address",
            1..=10_000,
            usual.changes_an_hour_an_address,
        ),
    };
    section.close();
    caps
}

fn tenant_id(id: &str) -> Result<(), String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let fits = (1..=32).contains(&id.len()) && id.chars().all(plain);
    if fits { Ok(()) } else { Err(format!("`{id}` is not a tenant's id")) }
}

fn region(text: &str) -> Result<String, &'static str> {
    let fits = text.len() == 2 && text.chars().all(|c| c.is_ascii_uppercase());
    if fits { Ok(text.to_owned()) } else { Err("not a country's two capital letters") }
}

fn region_of(text: &str) -> Result<String, &'static str> {
    let region = region(text)?;
    PhoneNumber::country_of(&region).map(|_| region).ok_or("not a country with telephone numbers")
}

fn domain(text: &str) -> Result<String, &'static str> {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    match text {
        text if text.starts_with('@') => Err("the @ does not belong to it"),
        text if !text.contains('.') || text.len() > 253 || !text.split('.').all(label) => Err("not a domain"),
        text => Ok(text.to_ascii_lowercase()),
    }
}

/// One mail address, roughly: the mail server has the last word.
pub fn mail_address(text: &str) -> Result<String, &'static str> {
    match text.rsplit_once('@') {
        Some((local, host)) if !local.is_empty() && !local.contains(char::is_whitespace) && domain(host).is_ok() => {
            Ok(text.to_owned())
        }
        Some(_) | None => Err("not a mail address"),
    }
}

/// An address that a person is sent to: `https`, a host, nothing that would break out of an attribute or a line.
pub fn https(text: &str) -> Result<String, &'static str> {
    let Some(rest) = text.strip_prefix("https://") else { return Err("not an https address") };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let clean = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\'' | '<' | '>' | '`' | '\\');
    let host_fits = domain(host.split(':').next().unwrap_or_default()).is_ok() && !host.contains('@');
    if host_fits && text.chars().all(clean) { Ok(text.to_owned()) } else { Err("not a whole https address") }
}

fn call_confirm(text: &str) -> Result<CallConfirm, &'static str> {
    match text {
        "pair" => Ok(CallConfirm::Pair),
        "pound" => Ok(CallConfirm::Pound),
        _ => Err("not a way of confirming a call"),
    }
}

fn human_check(text: &str) -> Result<HumanCheck, &'static str> {
    match text {
        "on_suspicion" => Ok(HumanCheck::OnSuspicion),
        "always" => Ok(HumanCheck::Always),
        _ => Err("not a way of checking"),
    }
}
