//! Judges what leaves by mail and text: I5, once-only texts, and who was told of a change.

use ringback::model::contacts::Contact;
use ringback::model::ids::AccountId;
use ringback::model::time::{Seconds, Timestamp};
use ringback::ports::store::RowId;
use ringback::runtime::record::OutboxRow;

use super::{Invariant, Now, Oracle};
use crate::simulator::cast::Cast;

const HOUR: Seconds = Seconds::hours(1);
const DAY: Seconds = Seconds::hours(24);

impl Oracle {
    /// A message is handed to a sender.
    pub fn leaves(&mut self, id: u64, address: &str, code: Option<&str>, cast: &Cast) {
        let id = RowId(id);
        let Some(row) = self.rows.get(&id).cloned() else {
            return self.violated(Invariant::I7, "a message left that no turn has written");
        };
        match row {
            OutboxRow::Code { account, challenge, run, .. } => {
                let Some(code) = code else {
                    return self.violated(Invariant::I5, "a message with a code has none");
                };
                self.secrets.codes.insert(code.to_owned());
                self.code_sent.insert(challenge, code.to_owned());
                let Some(account) = account else {
                    return self.violated(Invariant::I5, "a code left for nobody");
                };
                self.registered(&account, address, cast);
                let conversation = self.conversation_of_run.get(&run);
                let typed = conversation.and_then(|id| self.typed.get(id)).into_iter().flatten();
                let in_full =
                    typed.into_iter().any(|typed| cast.get(&account).is_some_and(|member| member.owns(typed)));
                self.hold(Invariant::I5, in_full, || format!("a code left for {address}, which nobody typed in full"));
            }
            OutboxRow::Notice { account, .. } => self.registered(&account, address, cast),
            _ => self.violated(Invariant::I5, "something left by mail or text that is neither code nor notice"),
        }
    }

    fn registered(&mut self, account: &AccountId, address: &str, cast: &Cast) {
        let own = |contact: &Contact| match contact {
            Contact::Email(mail) => mail.as_str() == address,
            Contact::Phone(phone) => phone.e164() == address,
        };
        let is_so = cast.get(account).is_some_and(|member| member.account.contacts.iter().any(|c| own(&c.contact)));
        self.hold(Invariant::I5, is_so, || format!("a message left for {address}, which is not registered"));
    }

    fn within(&mut self, whose: &str, id: RowId, most: usize, window: Seconds, now: &Now<'_>) {
        let sends = self.sends.entry(whose.to_owned()).or_default();
        sends.entry(id).or_insert(now.mark);
        let n = sends.values().filter(|at: &&Timestamp| now.mark < **at + window).count();
        self.hold(Invariant::I5, n <= most, || format!("code number {n} {whose}, {most} are allowed"));
    }

    /// A code by text is handed to the gateway; it must not be, once that may have worked.
    pub fn text_leaves(&mut self, id: u64) {
        let id = RowId(id);
        let may_have_worked = self.texts.get(&id).copied().unwrap_or(false);
        self.hold(Invariant::I2, !may_have_worked, || "a text was sent again by itself".to_owned());
    }

    pub fn text_left(&mut self, id: u64, may_have_worked: bool) {
        let known = self.texts.entry(RowId(id)).or_default();
        *known |= may_have_worked;
    }

    pub fn is_code(&self, id: u64) -> bool {
        matches!(self.rows.get(&RowId(id)), Some(OutboxRow::Code { .. }))
    }

    /// A sender took a message over. What it did not take is given back, so only this counts towards the caps.
    pub fn taken_over(&mut self, id: u64, address: &str, now: &Now<'_>) {
        let id = RowId(id);
        match self.rows.get(&id).cloned() {
            Some(OutboxRow::Notice { run, .. }) => {
                self.told.entry(run).or_default().insert(address.to_owned());
            }
            Some(OutboxRow::Code { account: Some(account), .. }) => {
                let own = self.own_allowance(&account.0);
                self.within(&format!("to {address}"), id, 5, DAY, now);
                self.within(&format!("in an hour for {}", account.0), id, 5 + own, HOUR, now);
                self.within(&format!("in a day for {}", account.0), id, 10 + own, DAY, now);
            }
            _ => {}
        }
    }
}
