//! Talks as data: what a person does and what must come of it.

use std::collections::BTreeMap;
use std::path::Path;

use ringback::model::peer::Channel;
use serde::Deserialize;

/// One story, from the first word to its end.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Talk {
    /// What happens, in one sentence.
    pub talk: String,
    /// One of the example tenants.
    pub tenant: String,
    /// Somebody of the demo's people: `$user`, `$mobile`, `$email`, `$old` are theirs.
    #[serde(default)]
    pub person: Option<String>,
    #[serde(default = "english")]
    pub language: String,
    /// Ways in that carry this story; all of them unless something in it exists in one only.
    #[serde(default = "everywhere")]
    pub run_on: Vec<WayIn>,
    /// What is different from the demo's world.
    #[serde(default)]
    pub world: Changes,
    pub steps: Vec<Step>,
    /// How the case ended; `open` when it did not.
    pub end: String,
    /// Whose password the person has afterwards.
    pub password: PasswordAfter,
    /// The kinds that are on record afterwards, in the order in which they happen.
    #[serde(default)]
    pub audit: Option<Vec<String>>,
    #[serde(skip)]
    pub file: String,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WayIn {
    Terminal,
    Browser,
    Voice,
    Telegram,
    Discord,
    Teams,
}

/// Messaging platforms of others.
pub const PLATFORMS: [WayIn; 3] = [WayIn::Telegram, WayIn::Discord, WayIn::Teams];

impl WayIn {
    /// The messaging platform that it leads through, if it does.
    pub fn platform(self) -> Option<Channel> {
        match self {
            WayIn::Terminal | WayIn::Browser | WayIn::Voice => None,
            WayIn::Telegram => Some(Channel::Telegram),
            WayIn::Discord => Some(Channel::Discord),
            WayIn::Teams => Some(Channel::Teams),
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Changes {
    /// Answers to security questions that the person enrolled, by question id.
    #[serde(default)]
    pub answers: BTreeMap<String, String>,
    /// Further questions of the institution, by id, whose answers are digits; two are asked then.
    #[serde(default)]
    pub keyed_questions: BTreeMap<String, String>,
    /// An enrolled secret of an authenticator app, base32.
    #[serde(default)]
    pub totp: Option<String>,
    /// Methods that the tenant offers instead of its own.
    #[serde(default)]
    pub methods: Option<Vec<String>>,
    /// Every case begins with the human challenge.
    #[serde(default)]
    pub always_challenge: bool,
    /// No adapter sends text messages.
    #[serde(default)]
    pub no_texts: bool,
    /// No adapter sends mail.
    #[serde(default)]
    pub no_mails: bool,
    /// The mail server takes none.
    #[serde(default)]
    pub mails_refused: bool,
    /// The service desk is `open` for live conversations, `down`, or there is `none`; else it takes tickets.
    #[serde(default)]
    pub desk: Option<String>,
    /// Telephones can be called.
    #[serde(default)]
    pub calls: bool,
    /// The service desk takes calls.
    #[serde(default)]
    pub desk_takes_calls: bool,
    /// A plain `#` shows that the person who picks up is the one in the chat.
    #[serde(default)]
    pub pound: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PasswordAfter {
    Kept,
    Changed,
}

/// One act, or none, and what follows from it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    // What is done; one of these at most.
    /// Opens the chat: `menu`, `reset` or `unlock`.
    #[serde(default)]
    pub start: Option<String>,
    /// Types a line. `$sms`, `$mail`, `$totp`, `$wrong`, `$mobile`, `$email`, `$user` stand for values of this run.
    #[serde(default)]
    pub say: Option<String>,
    /// Takes an option by its key: a button, or its number where there are none.
    #[serde(default)]
    pub pick: Option<String>,
    /// Presses a button of a question that was answered already (browser), by its option's key.
    #[serde(default)]
    pub press_old: Option<String>,
    /// Changes the language by its tag.
    #[serde(default)]
    pub language: Option<String>,
    /// Does something on the private page.
    #[serde(default)]
    pub page: Option<PageAct>,
    /// Lets minutes pass.
    #[serde(default)]
    pub wait_minutes: Option<u32>,
    /// Lets seconds pass.
    #[serde(default)]
    pub wait_seconds: Option<u32>,
    /// `down`, `up`, `refuses_writes`, `forgets_contacts` or `loses_answers`.
    #[serde(default)]
    pub directory: Option<String>,
    /// Opens the link of the newest mail and presses "this was not me".
    #[serde(default)]
    pub not_me: Option<bool>,
    /// Writes where others read along.
    #[serde(default)]
    pub in_group: Option<String>,
    /// Signs in elsewhere with this password (`$old`, or as written).
    #[serde(default)]
    pub sign_in: Option<String>,

    /// Presses keys on the telephone. `$number`, `$name_keys`, `$mail_keys`, `$phone_end`, `$phrase_digits` too.
    #[serde(default)]
    pub keys: Option<String>,
    /// Says and presses nothing.
    #[serde(default)]
    pub silence: Option<bool>,
    #[serde(default)]
    pub hang_up: Option<bool>,
    /// Takes the call that rings.
    #[serde(default)]
    pub picks_up: Option<bool>,
    /// Presses keys there; `$pair` are the digits that the chat shows.
    #[serde(default)]
    pub leg_keys: Option<String>,
    /// The service is killed and started again.
    #[serde(default)]
    pub restart: Option<bool>,
    /// How that call ended: `hung_up`, `busy`, `no_answer`, `declined`, `machine`, `failed`.
    #[serde(default)]
    pub leg_ends: Option<String>,

    /// What became of the call that was put through: `no_answer`, `busy`, `failed` or `taken`.
    #[serde(default)]
    pub transfer_ends: Option<String>,

    // What must follow.
    /// What the call may be told now: `asks`, `waits`, `ended` or `connected`.
    #[serde(default)]
    pub standing: Option<String>,
    /// Message keys of everything the bot says, in order.
    #[serde(default)]
    pub bot: Option<Vec<String>>,
    /// Option keys of the last question, in order.
    #[serde(default)]
    pub offers: Option<Vec<String>>,
    /// Words that are on the screen now and were not before.
    #[serde(default)]
    pub shows: Vec<String>,
    /// Words that are nowhere on the screen.
    #[serde(default)]
    pub hides: Vec<String>,
    /// What was sent meanwhile: mails and texts.
    #[serde(default)]
    pub sent: Option<Vec<Sent>>,
    /// Words on the private page after the act.
    #[serde(default)]
    pub page_shows: Vec<String>,
    /// How everything begins that the private page wants corrected, in its order; an empty list for nothing.
    #[serde(default)]
    pub refused: Option<Vec<String>>,
    /// What the chat's page holds now, as it is written in HTML (browser).
    #[serde(default)]
    pub holds: Vec<String>,
    /// What signing in came to: `ok`, `wrong`, `locked`.
    #[serde(default)]
    pub signed_in: Option<String>,
    /// What the password is made of that begins to be read out here.
    #[serde(default)]
    pub phrase: Option<Phrase>,
    /// Items of the checklist that fail here when their behaviour goes.
    #[serde(default)]
    pub proves: Vec<String>,
    /// The same on the telephone: what the item means by ear.
    #[serde(default)]
    pub proves_by_ear: Vec<String>,
}

/// A password that was made here.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phrase {
    /// Characters that it has at least.
    pub at_least: usize,
    /// Kinds of them, each at least once: `upper`, `lower`, `digit`, `symbol`.
    pub has: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageAct {
    /// Opens it and looks.
    Look,
    /// A new password, with the repetition where it differs.
    Password(String),
    Mismatch(String, String),
    /// Answers to security questions, by question id.
    Answers(BTreeMap<String, String>),
    Decline,
}

/// A mail or text that left.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sent {
    /// `mail` or `text`.
    pub by: String,
    /// The address or number; `$email`, `$mobile`.
    pub to: String,
    #[serde(default)]
    pub shows: Vec<String>,
}

fn english() -> String {
    "en".to_owned()
}

fn everywhere() -> Vec<WayIn> {
    vec![WayIn::Terminal, WayIn::Browser, WayIn::Telegram, WayIn::Discord, WayIn::Teams]
}

/// All talks of the repository, in the order of their files.
pub fn all() -> Vec<Talk> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/talks");
    let mut paths: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let is_talk = |path: &&std::path::PathBuf| {
        path.extension().is_some_and(|extension| extension == "yaml")
            && !path.ends_with("checklist.yaml")
            && !path.ends_with("bites.yaml")
            && !path.ends_with("bites-by-ear.yaml")
    };
    paths.iter().filter(is_talk).map(|path| read(path)).collect()
}

fn read(path: &Path) -> Talk {
    let file = path.file_name().unwrap().to_str().unwrap().to_owned();
    let text = std::fs::read_to_string(path).unwrap();
    let mut talk: Talk = serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
    talk.file = file;
    for (n, step) in talk.steps.iter().enumerate() {
        assert!(step.acts() <= 1, "{}: step {} does several things at once", talk.file, n + 1);
    }
    talk
}

/// What the guides promise, and why some of it has no talk yet.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checklist {
    /// What each ID promises.
    pub items: BTreeMap<String, String>,
    /// What the product still lacks for it.
    pub waits: BTreeMap<String, String>,
    /// What each ID means on the telephone.
    pub by_ear: BTreeMap<String, String>,
    /// What has no meaning there, and why.
    pub not_by_ear: BTreeMap<String, String>,
    /// What the product still lacks for it there.
    pub waits_by_ear: BTreeMap<String, String>,
}

pub fn checklist() -> Checklist {
    data("checklist.yaml")
}

/// A file of the talks' folder that is no talk.
pub fn data<T: serde::de::DeserializeOwned>(file: &str) -> T {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/talks").join(file);
    serde_saphyr::from_str(&std::fs::read_to_string(path).unwrap()).unwrap_or_else(|error| panic!("{file}: {error}"))
}

impl Phrase {
    /// What is missing in a password that was read out.
    pub fn faults(&self, password: &str) -> Vec<String> {
        let kinds = self.has.iter().filter(|kind| {
            !password.chars().any(|c| match kind.as_str() {
                "upper" => c.is_ascii_uppercase(),
                "lower" => c.is_ascii_lowercase(),
                "digit" => c.is_ascii_digit(),
                "symbol" => c.is_ascii_punctuation(),
                other => panic!("`has: {other}` is upper, lower, digit or symbol"),
            })
        });
        let mut faults: Vec<String> = kinds.map(|kind| format!("`{password}` has no {kind}")).collect();
        if password.chars().count() < self.at_least {
            faults.push(format!("`{password}` is shorter than {}", self.at_least));
        }
        faults
    }
}

impl Step {
    /// Whether anything is looked at here; a tag on a step that looks at nothing proves nothing.
    pub fn looks(&self) -> bool {
        let words = !self.shows.is_empty()
            || !self.page_shows.is_empty()
            || self.bot.as_ref().is_some_and(|bot| !bot.is_empty());
        words || self.sent.is_some() || self.refused.is_some() || self.signed_in.is_some() || self.phrase.is_some()
    }

    fn acts(&self) -> usize {
        let acts = [
            self.start.is_some(),
            self.say.is_some(),
            self.pick.is_some(),
            self.press_old.is_some(),
            self.language.is_some(),
            self.page.is_some(),
            self.wait_minutes.is_some(),
            self.wait_seconds.is_some(),
            self.directory.is_some(),
            self.not_me.is_some(),
            self.in_group.is_some(),
            self.sign_in.is_some(),
            self.keys.is_some(),
            self.silence.is_some(),
            self.hang_up.is_some(),
            self.picks_up.is_some(),
            self.leg_keys.is_some(),
            self.leg_ends.is_some(),
            self.restart.is_some(),
            self.transfer_ends.is_some(),
        ];
        acts.iter().filter(|does| **does).count()
    }
}
