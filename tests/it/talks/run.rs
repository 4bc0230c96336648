//! Runs a talk: does what each step says, and looks whether that follows which should.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::PathBuf;

use ringback::audit::AuditKind;
use ringback::directory::embedded::SignIn;
use ringback::engine::event::Act;
use ringback::model::ids::EventId;
use ringback::model::peer::{Channel, Peer, Surface};
use ringback::model::prompt::Prompt;
use ringback::model::purpose::Purpose;
use ringback::model::time::Seconds;
use ringback::runtime::calls::{CallEnd, Standing};
use ringback::runtime::turn::Inbound;

use crate::messaging::discord;
use crate::messaging::teams::client::Client as TeamsClient;
use crate::messaging::telegram::client::Client;
use crate::support::world::line::Line;
use crate::support::world::mailroom::Said;
use crate::support::world::moody::Mood;
use crate::support::world::seat::{Call, Seat};
use crate::support::world::visitor::{Answer, Visitor, single_spaced};
use crate::support::world::{ORIGIN, Wish, World, private_page};
use crate::talks::bless;
use crate::talks::reading::{bare, choices, kind, question, rendered};
use crate::talks::script::{PageAct, PasswordAfter, Step, Talk, WayIn};
use crate::talks::setting::wish;
use crate::talks::values::{codes, fill, phrase};

/// What is done to a talk beside telling it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Manner {
    Plain,
    /// Every message arrives twice.
    Twice,
    /// The service is killed and started again after every step.
    Crashing,
    /// Help, repeat and a cancel that is taken back, at every question.
    Interrupted,
    /// A password is typed into the chat at every question, before what the talk says; nothing is expected then.
    Blurting,
    /// Callers say nothing at first, at every question.
    Silent,
    /// Callers press a wrong key first, at every question.
    Mistaken,
}

/// What somebody types who takes the chat for the page: 128 random bits and a bit of everything.
pub const BLURTED: &str = "Kj#9fQ2vLx!7TzWm4RbYp8&NcHs3";

/// One run of a talk.
pub struct Run {
    pub world: World,
    pub seat: Seat,
    pub manner: Manner,
    beside: Visitor,
    /// The form that was looked at and not sent yet.
    open_form: Option<Answer>,
    /// The last answer of the private page.
    page: Answer,
    /// The telephone that rang last.
    pub leg: Option<Call>,
    /// Questions at which the caller was silent or mistaken first.
    pub disturbed: usize,
    /// The question at which that was.
    pub disturbed_at: String,
    /// What must never be on a screen or in a message.
    pub passwords: Vec<String>,
    /// Questions at which a password was typed into the chat.
    pub blurted_at: BTreeSet<String>,
    /// Prompts of this step that only brought a question back after a restart.
    resumed: usize,
    /// What the person read so far.
    pub read: String,
    pub faults: Vec<String>,
    /// The first step that went wrong, from 1.
    pub failed_at: Option<usize>,
    /// Keys that each step led to, for blessing.
    pub bot: Vec<Vec<String>>,
}

pub async fn run(talk: &Talk, way: WayIn, manner: Manner) -> Run {
    run_in(talk, way, manner, None).await
}

/// With stores on disk, where a folder is given.
pub async fn run_in(talk: &Talk, way: WayIn, manner: Manner, folder: Option<PathBuf>) -> Run {
    let wish = Wish { folder, ..wish(talk) };
    let mut run = steps(talk, way, manner, wish, Until::End).await;
    let faults = run.end(talk).await;
    run.faults.extend(faults.into_iter().map(|fault| format!("{} at the end on {way:?}: {fault}", talk.file)));
    run
}

thread_local! {
    /// The step that is being told, from 1: where a run broke off.
    pub static STEP: Cell<usize> = const { Cell::new(0) };
}

/// How far a talk is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Until {
    End,
    FirstFault,
    /// Before this step, from 0.
    Step(usize),
}

/// Tells the steps alone, in a world of one's own.
pub async fn steps(talk: &Talk, way: WayIn, manner: Manner, wish: Wish, until: Until) -> Run {
    let wish = Wish { platform: way.platform(), ..wish };
    let world = World::open(&talk.tenant, talk.person.as_deref(), wish).await;
    let seat = match way {
        WayIn::Terminal => Seat::terminal(),
        WayIn::Browser => Seat::browser(),
        WayIn::Voice => Seat::voice(&world),
        WayIn::Telegram => {
            let mock = world.telegram.clone().expect("the world has Telegram");
            Seat::chat(Box::new(Client::new(mock, 5_550_001)))
        }
        WayIn::Discord => {
            let mock = world.discord.clone().expect("the world has Discord");
            Seat::chat(Box::new(discord::client::Client::new(mock, 5_550_001)))
        }
        WayIn::Teams => {
            let mock = world.teams.clone().expect("the world has Teams");
            Seat::chat(Box::new(TeamsClient::new(mock, 5_550_001)))
        }
    };
    let mut run = Run {
        world,
        seat,
        manner,
        beside: Visitor::new(ORIGIN),
        open_form: None,
        page: Answer::empty(),
        leg: None,
        disturbed: 0,
        disturbed_at: String::new(),
        passwords: Vec::new(),
        blurted_at: BTreeSet::new(),
        resumed: 0,
        read: String::new(),
        faults: Vec::new(),
        failed_at: None,
        bot: Vec::new(),
    };
    for (n, step) in talk.steps.iter().enumerate() {
        if until == Until::Step(n) {
            break;
        }
        trace(&format!("step {}: {step:?}", n + 1));
        STEP.set(n + 1);
        let mut faults = run.disturb(talk, n).await;
        faults.extend(run.step(talk, step).await);
        if !faults.is_empty() {
            run.failed_at.get_or_insert(n + 1);
        }
        let place = format!("{} step {} on {way:?}", talk.file, n + 1);
        run.faults.extend(faults.into_iter().map(|fault| format!("{place}: {fault}")));
        if run.failed_at.is_some() && until == Until::FirstFault {
            break;
        }
        if manner == Manner::Crashing || step.restart == Some(true) {
            run.world.crash().await;
            run.seat.come_back(&run.world).await;
        }
    }
    run
}

/// With `RINGBACK_TALK` set, one talk is told aloud.
fn trace(text: &str) {
    if std::env::var_os("RINGBACK_TALK").is_some() {
        println!("{text}");
    }
}

impl Run {
    async fn step(&mut self, talk: &Talk, step: &Step) -> Vec<String> {
        if self.manner == Manner::Interrupted && (step.say.is_some() || step.pick.is_some()) {
            let faults = self.interrupt().await;
            if !faults.is_empty() {
                return faults;
            }
        }
        if self.manner == Manner::Blurting {
            self.blurt().await;
            self.act(talk, step).await;
            let _ = writeln!(self.read, "{}", self.seat.look(&self.world).await);
            return Vec::new();
        }
        let (heard, letters) = (self.world.heard.all().len(), self.world.letters().len());
        self.resumed = 0;
        let signed_in = self.act(talk, step).await;
        let new = self.seat.look(&self.world).await;
        trace(&new);
        let _ = writeln!(self.read, "{new}");
        let all_heard = self.world.heard.all();
        let said = &all_heard[heard + self.resumed..];
        if said.iter().any(|said| said.prompt.message.as_str() == "voice-phrase-whole") {
            self.passwords.push(phrase(&self.world, said));
        }
        let all_letters = self.world.letters();
        let sent = &all_letters[letters..];
        self.bot.push(said.iter().map(|said| said.prompt.message.as_str().to_owned()).collect());

        let mut faults = Vec::new();
        let mut expect = |holds: bool, fault: String| {
            if !holds {
                faults.push(fault);
            }
        };
        // A step that makes the bot speak says what it speaks.
        if !bless::wanted() {
            let keys: Vec<&str> = said.iter().map(|said| said.prompt.message.as_str()).collect();
            let bot = step.bot.as_deref().unwrap_or_default();
            expect(keys == *bot, format!("the bot said {keys:?}, not {bot:?}"));
        }
        let here: Vec<Said> = all_heard.iter().filter(|said| self.seat.hears(said)).cloned().collect();
        if let (Some(expected), Seat::Voice(call)) = (&step.standing, &self.seat) {
            let standing = self.world.running().runtime.inbox().standing(&call.peer).await.unwrap();
            let word = match standing {
                Standing::Busy => "busy",
                Standing::Asks => "asks",
                Standing::Waits => "waits",
                Standing::Ended { transfer: None } => "ended",
                Standing::Ended { transfer: Some(_) } => "connected",
            };
            expect(word == expected, format!("the call stands at `{word}`, not `{expected}`"));
        }
        if let Some(offers) = &step.offers {
            let keys: Vec<&str> = question(&here).map(choices).unwrap_or_default();
            expect(keys == *offers, format!("{keys:?} is on offer, not {offers:?}"));
        }
        for shown in &step.shows {
            let shown = fill(&self.world, &all_heard, shown);
            expect(bare(&new).contains(&bare(&shown)), format!("`{shown}` is not shown in: {new}"));
        }
        let screen = self.seat.whole_screen(&self.world).await;
        for hidden in &step.hides {
            let hidden = fill(&self.world, &all_heard, hidden);
            let shown = new.contains(&hidden) || bare(&new).contains(&bare(&hidden));
            expect(!shown, format!("`{hidden}` is shown in: {new}"));
        }
        if let Some(expected) = &step.sent {
            let got: Vec<(&str, &str)> = sent.iter().map(|letter| (letter.by, letter.to.as_str())).collect();
            expect(got.len() == expected.len(), format!("{got:?} were sent, not {expected:?}"));
            for letter in expected {
                let to = fill(&self.world, &all_heard, &letter.to);
                let found = sent.iter().find(|sent| sent.by == letter.by && sent.to == to);
                expect(found.is_some(), format!("no {} to {to}, but {got:?}", letter.by));
                for shown in found.iter().flat_map(|_| &letter.shows) {
                    let shown = fill(&self.world, &all_heard, shown);
                    let body = found.map(|found| single_spaced(&found.body)).unwrap_or_default();
                    expect(body.contains(&shown), format!("`{shown}` is not in the {}: {body}", letter.by));
                }
            }
        }
        for shown in &step.page_shows {
            let shown = single_spaced(&fill(&self.world, &all_heard, shown));
            let page = self.page.words();
            expect(page.contains(&shown), format!("`{shown}` is not on the page: {page}"));
        }
        if let Some(expected) = &step.refused {
            let refused = self.page.to_correct();
            let same = refused.len() == expected.len() && refused.iter().zip(expected).all(|(a, b)| a.starts_with(b));
            expect(same, format!("the page wants {refused:?} corrected, not {expected:?}"));
        }
        if let Some(phrase) = &step.phrase {
            let read_out = self.passwords.last().expect("a password is read out");
            for fault in phrase.faults(read_out) {
                expect(false, fault);
            }
        }
        for held in &step.holds {
            let page = self.seat.markup(&self.world).await;
            expect(page.is_none_or(|page| page.contains(held)), format!("the chat's page does not hold `{held}`"));
        }
        if let Some(expected) = &step.signed_in {
            expect(signed_in.as_ref() == Some(expected), format!("signing in gave {signed_in:?}, not {expected}"));
        }
        // What was said must be what is read, word for word.
        let told = said.iter().filter(|said| step.in_group.is_none() && self.seat.hears(said));
        for words in told.flat_map(|said| rendered(&self.world, said)) {
            let read = bare(&new).contains(&bare(&words));
            expect(read, format!("`{words}` was said and cannot be read in: {new}"));
        }
        if let Some(leg) = &mut self.leg {
            leg.catch_up(&self.world).await;
            let unheard = leg.unheard(&self.world);
            expect(unheard.is_none(), format!("`{unheard:?}` was said to who picked up, and not heard"));
            leg.listen(&self.world);
        }
        for secret in self.passwords.iter().chain(&codes(&all_letters)) {
            expect(!screen.contains(secret.as_str()), format!("the secret `{secret}` is on the screen"));
        }
        for password in &self.passwords {
            let leaked = all_letters.iter().any(|letter| letter.body.contains(password.as_str()));
            expect(!leaked, format!("the password `{password}` was sent"));
        }
        faults
    }

    /// Types a password where a question stands.
    async fn blurt(&mut self) {
        let heard = self.world.heard.all();
        if let Some(question) = question(&heard) {
            self.blurted_at.insert(question.message.as_str().to_owned());
            self.seat.say(&self.world, BLURTED).await;
        }
    }

    /// Does what a step says; what signing in came to.
    async fn act(&mut self, talk: &Talk, step: &Step) -> Option<String> {
        let everything = self.world.heard.all();
        let heard: Vec<Said> = everything.iter().filter(|said| self.seat.hears(said)).cloned().collect();
        let times = if self.manner == Manner::Twice { 2 } else { 1 };
        if let Some(what) = &step.start {
            let purpose = match what.as_str() {
                "menu" => None,
                "reset" => Some(Purpose::ResetPassword),
                "unlock" => Some(Purpose::UnlockAccount),
                other => panic!("`start: {other}` is menu, reset or unlock"),
            };
            self.seat.start(&self.world, purpose, &talk.language).await;
        }
        if let Some(text) = &step.say {
            let text = fill(&self.world, &heard, text);
            if times == 2 {
                self.seat.say_twice(&self.world, &text).await;
            } else {
                self.seat.say(&self.world, &text).await;
            }
        }
        if let Some(key) = &step.pick {
            let question = question(&heard).expect("something is asked");
            self.seat.pick(&self.world, question, key, times).await;
        }
        if let Some(key) = &step.press_old {
            let offered = |said: &&Said| said.prompt.choices.iter().any(|choice| choice.key.as_str() == key);
            let old = heard.iter().find(offered).unwrap_or_else(|| panic!("`{key}` was never on offer"));
            self.seat.pick(&self.world, &old.prompt, key, times).await;
        }
        if let Some(tag) = &step.language {
            self.seat.switch_language(&self.world, tag).await;
        }
        if let Some(act) = &step.page {
            self.page(act, &heard).await;
        }
        if let Some(minutes) = step.wait_minutes {
            self.wait(Seconds::minutes(minutes)).await;
        }
        if let Some(seconds) = step.wait_seconds {
            self.wait(Seconds(seconds)).await;
        }
        if let Some(mood) = &step.directory {
            self.world.directory.set_mood(match mood.as_str() {
                "up" => Mood::Up,
                "down" => Mood::Down,
                "loses_answers" => Mood::LosesAnswers,
                "refuses_writes" => Mood::RefusesWrites,
                "forgets_contacts" => Mood::ForgetsContacts,
                other => {
                    panic!("`directory: {other}` is up, down, refuses_writes, forgets_contacts or loses_answers")
                }
            });
        }
        if step.not_me == Some(true) {
            self.not_me().await;
        }
        if let Some(text) = &step.in_group {
            self.write_in_group(text).await;
        }
        self.on_the_telephone(step, &heard, times).await;
        let password = step.sign_in.as_ref()?;
        let password = match password.as_str() {
            "$phrase" => self.passwords.last().cloned().expect("a password was read out"),
            password => fill(&self.world, &heard, password),
        };
        Some(match self.world.sign_in(&password).await {
            SignIn::Ok | SignIn::MustChange => "ok".to_owned(),
            SignIn::Wrong => "wrong".to_owned(),
            SignIn::Locked => "locked".to_owned(),
            SignIn::Disabled => "disabled".to_owned(),
        })
    }

    async fn on_the_telephone(&mut self, step: &Step, heard: &[Said], times: usize) {
        let Self { world, seat, leg, .. } = self;
        if let Seat::Voice(call) = seat {
            if let Some(keys) = &step.keys {
                // Abroad is dialled with two noughts where these institutions are.
                let keys = fill(world, heard, keys).replace('+', "00");
                call.does(world, Act::Keys(keys), times).await;
            }
            if step.silence == Some(true) {
                call.does(world, Act::Silence, times).await;
            }
            if step.hang_up == Some(true) {
                call.does(world, Act::HungUp, times).await;
            }
            if let Some(how) = &step.transfer_ends {
                call.transfer_ends(world, how, times).await;
            }
        }
        if step.picks_up == Some(true) {
            let rings = world.exchange.as_ref().and_then(|exchange| exchange.last()).expect("a telephone rings");
            let peer = world.running().runtime.inbox().leg_peer(rings.leg).await.unwrap().unwrap();
            leg.insert(Call::ours(world, peer, &rings.leg)).does(world, Act::Start(None), times).await;
        }
        if let Some(keys) = &step.leg_keys {
            let keys = fill(world, heard, keys);
            leg.as_mut().expect("somebody picked up").does(world, Act::Keys(keys), times).await;
        }
        if let Some(end) = &step.leg_ends {
            let end = match end.as_str() {
                "hung_up" => CallEnd::HungUp,
                "busy" => CallEnd::Busy,
                "no_answer" => CallEnd::NoAnswer,
                "declined" => CallEnd::Declined,
                "machine" => CallEnd::Machine,
                "failed" => CallEnd::Failed,
                other => panic!("`leg_ends: {other}` is not an end"),
            };
            let rings = world.exchange.as_ref().and_then(|exchange| exchange.last()).expect("a telephone rings");
            let inbox = world.running().runtime.inbox();
            let peer = inbox.leg_peer(rings.leg).await.unwrap().unwrap();
            let told = match Line::ours(world, &rings.leg) {
                Some(mut line) => line.ends(world, end, times).await,
                None => false,
            };
            for _ in 0..if told { 0 } else { times } {
                inbox.call_ended(&peer, EventId(format!("{}/over", peer.user)), end).await.unwrap();
            }
            world.settle().await;
        }
    }

    async fn page(&mut self, act: &PageAct, heard: &[Said]) {
        let world = &self.world;
        let form = match self.open_form.take() {
            Some(form) => form,
            None => match private_page::form(world, self.seat.visitor().unwrap_or(&mut self.beside)).await {
                Some(form) => form,
                None => {
                    let before = world.heard.all().len();
                    let (address, link) = self.seat.page_link(world).await;
                    self.resumed = world.heard.all().len() - before;
                    let visitor = self.seat.visitor().unwrap_or(&mut self.beside);
                    private_page::open(world, visitor, &address, &link).await
                }
            },
        };
        let visitor = self.seat.visitor().unwrap_or(&mut self.beside);
        let answer = match act {
            PageAct::Look => {
                self.page = form.clone();
                self.open_form = Some(form);
                return;
            }
            PageAct::Password(password) => {
                let password = fill(world, heard, password);
                self.passwords.push(password.clone());
                private_page::send_password(world, visitor, &form, &password, &password).await
            }
            PageAct::Mismatch(password, again) => {
                self.passwords.extend([password, again].into_iter().filter(|typed| !typed.is_empty()).cloned());
                private_page::send_password(world, visitor, &form, password, again).await
            }
            PageAct::Answers(answers) => private_page::send_answers(world, visitor, &form, answers).await,
            PageAct::Decline => private_page::decline(world, visitor, &form).await,
        };
        self.page = answer;
    }

    async fn wait(&mut self, time: Seconds) {
        self.world.clock.advance(time);
        self.world.settle().await;
    }

    /// Opens the link of the newest mail, which changes nothing, and presses its button.
    async fn not_me(&mut self) {
        let letters = self.world.letters();
        let beginning = format!("{ORIGIN}/not-me/");
        let link = letters.iter().rev().find_map(|letter| letter.link(&beginning)).expect("a notice was sent");
        let router = &self.world.running().router;
        let looked = self.beside.get(router, &link).await;
        assert!(looked.status.is_success(), "the notice's link is dead: {}", looked.words());
        self.page = self.beside.post(router, &link, &[]).await;
        self.world.settle().await;
    }

    /// Through the platform where it has such places; else as an event of one.
    async fn write_in_group(&mut self, text: &str) {
        if let Seat::Chat(chat) = &mut self.seat {
            return chat.app.write_in_group(&self.world, text).await;
        }
        let channel = match self.seat {
            Seat::Terminal(_) => Channel::Terminal,
            Seat::Browser(_) => Channel::Browser,
            Seat::Voice(_) => Channel::Voice,
            Seat::Chat(_) => return,
        };
        let peer = Peer { tenant: self.world.tenant.id.clone(), channel, bot: "group".into(), user: "team".into() };
        let act = Act::Text(text.to_owned());
        let inbound =
            Inbound { peer, surface: Surface::Group, event: EventId("group-1".into()), act, language_hint: None };
        self.world.running().runtime.inbox().submit(inbound).await.unwrap();
        self.world.settle().await;
    }

    /// Help and repeat come back to the question; so does a cancel that is not confirmed.
    async fn interrupt(&mut self) -> Vec<String> {
        let heard = self.world.heard.all();
        let Some(open) = question(&heard).cloned() else { return Vec::new() };
        let mut faults = Vec::new();
        let commands: &[(&str, usize)] = match open.message.as_str() {
            // Part of a command itself.
            "common-cancel-sure" | "common-restart-sure" | "common-pick-language" => &[],
            // Nothing runs yet that could be cancelled.
            "common-menu" => &[("help", 1), ("repeat", 0)],
            _ => &[("help", 1), ("repeat", 0), ("cancel", 1), ("no", 0)],
        };
        for (said, answers) in commands.iter().copied() {
            let before = self.world.heard.all().len();
            self.seat.say(&self.world, said).await;
            let heard = self.world.heard.all();
            let new: Vec<&Prompt> = heard[before..].iter().map(|said| &said.prompt).collect();
            let first = new.first().map(|prompt| prompt.message.as_str());
            let again = new.last().is_some_and(|prompt| {
                prompt.message == open.message && choices(prompt) == choices(&open) && prompt.page == open.page
            });
            let holds = match said {
                "help" => new.len() == 1 + answers && first == Some("common-help") && again,
                "cancel" => first == Some("common-cancel-sure"),
                _ => new.len() == 1 && again,
            };
            if !holds {
                let keys: Vec<&str> = new.iter().map(|prompt| prompt.message.as_str()).collect();
                faults.push(format!("`{said}` at {} was answered by {keys:?}", open.message));
            }
        }
        let _ = self.seat.look(&self.world).await;
        faults
    }

    pub async fn end(&mut self, talk: &Talk) -> Vec<String> {
        let mut faults = Vec::new();
        let events = self.world.audit().await;
        let ended = events.iter().rev().find_map(|event| match &event.kind {
            AuditKind::CaseEnded { end } => Some(end.clone()),
            _ => None,
        });
        let open = ended.clone().unwrap_or_else(|| "open".to_owned());
        // A case that was begun after another one ended is open.
        let begun = events.iter().rposition(|event| matches!(event.kind, AuditKind::CaseStarted { .. }));
        let closed = events.iter().rposition(|event| matches!(event.kind, AuditKind::CaseEnded { .. }));
        let end = if begun > closed { "open".to_owned() } else { open };
        if end != talk.end {
            faults.push(format!("the case ended as `{end}`, not `{}`", talk.end));
        }
        let changed =
            events.iter().any(|event| matches!(event.kind, AuditKind::PasswordSet | AuditKind::EffectUncertain { .. }));
        let after = if changed { PasswordAfter::Changed } else { PasswordAfter::Kept };
        let same = self.passwords.last() == self.world.person.as_ref().map(|person| &person.password);
        if after != talk.password && !(changed && same) {
            faults.push(format!("the password was {after:?}, not {:?}", talk.password));
        }
        // What a turn did drains into the record, what touches an account is there at once: the order is not told here.
        let in_any_order = |mut kinds: Vec<String>| {
            kinds.sort_unstable();
            kinds
        };
        let kinds = in_any_order(events.iter().map(|event| kind(&event.kind)).collect());
        if let Some(expected) = talk.audit.clone().filter(|_| self.manner == Manner::Plain)
            && kinds != in_any_order(expected.clone())
        {
            faults.push(format!("the record says {kinds:?}, not {expected:?}"));
        }
        let told = serde_json::to_string(&events).unwrap();
        for secret in self.passwords.iter().chain(&codes(&self.world.letters())) {
            if told.contains(secret.as_str()) {
                faults.push(format!("the secret `{secret}` is in the audit record"));
            }
        }
        faults
    }
}
