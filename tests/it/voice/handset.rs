//! A person on the telephone, as each provider's servers would carry them: requests signed, documents followed.

use axum::body::Body;
use axum::http::Request;
use ringback::channels::voice::provider::Provider;
use ringback::ports::clock::Clock;
use ringback::runtime::calls::CallEnd;

use super::house::{Answer, House, NUMBER, ORIGIN, SECRET};
use super::reader::{self, Heard, joined};
use super::signing;

/// One call at one provider.
pub struct Handset {
    pub provider: Provider,
    pub call: String,
    pub from: String,
    pub to: String,
    /// Where the service believes to be reached.
    pub origin: &'static str,
}

/// A request before it is signed: fields of a form, or JSON.
#[derive(Clone)]
pub struct Draft {
    pub provider: Provider,
    pub url: String,
    pub body: String,
}

impl Handset {
    pub fn new(provider: Provider, call: &str) -> Self {
        Self { provider, call: call.to_owned(), from: "+60123456789".to_owned(), to: NUMBER.to_owned(), origin: ORIGIN }
    }

    /// What the provider posts when the call comes in.
    pub fn begins(&self) -> Draft {
        self.draft(&format!("{}/hooks/voice/{}", self.origin, self.provider.name()), None, None)
    }

    pub fn status(&self, status: &str) -> Draft {
        self.draft(&format!("{}/hooks/voice/{}/status", self.origin, self.provider.name()), None, Some(status))
    }

    /// What it posts to an address that we gave: keys, or none.
    pub fn keyed(&self, url: &str, keys: Option<&str>) -> Draft {
        self.draft(url, keys, None)
    }

    /// How a call ended, as the provider puts it; `None` where it has no word for that.
    pub fn ended(&self, url: &str, how: CallEnd) -> Option<Draft> {
        let twiml = !matches!(self.provider, Provider::Jambonz | Provider::Vonage);
        let vonage = self.provider == Provider::Vonage;
        let status = match how {
            CallEnd::HungUp => "completed",
            CallEnd::Busy => "busy",
            CallEnd::NoAnswer if vonage => "unanswered",
            CallEnd::NoAnswer => "no-answer",
            CallEnd::Declined if vonage => "rejected",
            CallEnd::Machine if vonage => "machine",
            CallEnd::Machine if twiml => "completed",
            CallEnd::Machine => return None,
            CallEnd::Declined | CallEnd::Failed => "failed",
        };
        let mut draft = self.draft(url, None, Some(status));
        draft.body = match (twiml, how) {
            (true, CallEnd::Machine) => draft.body + "&AnsweredBy=machine_start",
            (true, CallEnd::Declined) => draft.body + "&SipResponseCode=603",
            (false, CallEnd::Declined) => draft.body.replace("\"sip_status\":200", "\"sip_status\":603"),
            _ => draft.body,
        };
        Some(draft)
    }

    /// What the provider posts about a call that was put through: `no_answer`, `busy`, `failed` or `taken`.
    pub fn dialled(&self, url: &str, how: &str) -> Draft {
        let vonage = self.provider == Provider::Vonage;
        let status = match how {
            "no_answer" if vonage => "unanswered",
            "no_answer" => "no-answer",
            "taken" => "completed",
            other => other,
        };
        let mut draft = self.draft(url, None, vonage.then_some(status));
        match self.provider {
            Provider::Twilio | Provider::SignalWire | Provider::Telnyx => {
                draft.body += &format!("&DialCallStatus={status}&DialCallSid=desk-1");
            }
            Provider::Jambonz => {
                let dialled = format!("{{\"dial_call_status\":\"{status}\",\"dial_call_sid\":\"desk-1\",");
                draft.body = draft.body.replacen('{', &dialled, 1);
            }
            Provider::Vonage => {}
        }
        draft
    }

    pub fn draft(&self, url: &str, keys: Option<&str>, status: Option<&str>) -> Draft {
        let body = match self.provider {
            Provider::Twilio | Provider::SignalWire | Provider::Telnyx => {
                let mut form = form_urlencoded::Serializer::new(String::new());
                form.extend_pairs([("CallSid", &*self.call), ("From", &self.from), ("To", &self.to)]);
                form.append_pair("CallStatus", status.unwrap_or("in-progress"));
                form.append_pair("Direction", "inbound");
                form.extend_pairs(keys.map(|keys| ("Digits", keys)));
                form.finish()
            }
            Provider::Jambonz => {
                let mut json = serde_json::json!({
                    "call_sid": self.call, "from": self.from, "to": self.to, "direction": "inbound",
                    "call_status": status.unwrap_or("in-progress"), "sip_status": 200,
                });
                if let Some(keys) = keys {
                    json["digits"] = keys.into();
                    json["reason"] = "dtmfDetected".into();
                }
                json.to_string()
            }
            Provider::Vonage => {
                let bare = |number: &str| number.trim_start_matches('+').to_owned();
                let mut json = serde_json::json!({
                    "conversation_uuid": self.call, "uuid": "aa", "from": bare(&self.from), "to": bare(&self.to),
                });
                if let Some(status) = status {
                    json["status"] = status.into();
                } else {
                    json["dtmf"] =
                        serde_json::json!({ "digits": keys.unwrap_or_default(), "timed_out": keys.is_none() });
                }
                json.to_string()
            }
        };
        Draft { provider: self.provider, url: url.to_owned(), body }
    }

    pub async fn call(&self, house: &House) -> Vec<Heard> {
        self.hear(&house.ask(self.begins().signed(house)).await)
    }

    /// Presses keys at the gather that was heard last.
    pub async fn press(&self, house: &House, heard: &[Heard], keys: &str) -> Vec<Heard> {
        let url = heard.iter().find_map(|one| match one {
            Heard::Gather { keyed, .. } => Some(keyed.clone()),
            _ => None,
        });
        let url = url.unwrap_or_else(|| panic!("nothing is asked: {heard:?}"));
        self.hear(&house.ask(self.keyed(&url, Some(keys)).signed(house)).await)
    }

    /// Says nothing, and goes where that leads.
    pub async fn wait(&self, house: &House, heard: &[Heard]) -> Vec<Heard> {
        let redirect = heard.iter().find_map(|one| match one {
            Heard::Redirect(url) => Some(url.clone()),
            _ => None,
        });
        let gather = heard.iter().find_map(|one| match one {
            Heard::Gather { keyed, .. } => Some(keyed.clone()),
            _ => None,
        });
        let url = redirect.or(gather).unwrap_or_else(|| panic!("nothing to wait for: {heard:?}"));
        self.hear(&house.ask(self.keyed(&url, None).signed(house)).await)
    }

    /// Follows polls until something is asked or the call ends.
    pub async fn patiently(&self, house: &House, mut heard: Vec<Heard>) -> Vec<Heard> {
        for _ in 0..20 {
            let polls = heard.iter().any(|one| matches!(one, Heard::Redirect(_)))
                && !heard.iter().any(|one| matches!(one, Heard::Gather { .. }));
            if !polls {
                return heard;
            }
            house.settle().await;
            heard = self.wait(house, &heard).await;
        }
        panic!("it polls for ever: {heard:?}");
    }

    pub fn hear(&self, answer: &Answer) -> Vec<Heard> {
        assert_eq!(answer.status, 200, "{}", answer.body);
        let heard = joined(match self.provider {
            Provider::Twilio | Provider::SignalWire | Provider::Telnyx => {
                assert!(answer.kind.starts_with("text/xml"));
                super::walker::walk(&answer.body).unwrap_or_else(|why| panic!("{why}"));
                reader::twiml(&answer.body)
            }
            Provider::Jambonz => reader::jambonz(&answer.body),
            Provider::Vonage => reader::vonage(&answer.body),
        });
        // One gather at most, and behind it nothing but where silence leads.
        if let Some(at) = heard.iter().position(|one| matches!(one, Heard::Gather { .. })) {
            let last = heard[at + 1..].iter().all(|one| matches!(one, Heard::Redirect(_)));
            assert!(last, "something stands behind a gather: {}", answer.body);
        }
        heard
    }
}

impl Draft {
    pub fn content_type(&self) -> &'static str {
        match self.provider {
            Provider::Twilio | Provider::SignalWire | Provider::Telnyx => signing::FORM,
            Provider::Jambonz | Provider::Vonage => signing::JSON,
        }
    }

    /// The headers that a genuine request carries.
    pub fn headers(&self, seconds: u64) -> Vec<(String, String)> {
        let body = self.body.as_bytes();
        let fields: Vec<(String, String)> = form_urlencoded::parse(body).into_owned().collect();
        let fields: Vec<(&str, &str)> = fields.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        let mut headers = vec![("content-type".to_owned(), self.content_type().to_owned())];
        let mut add = |name: &str, value: String| headers.push((name.to_owned(), value));
        match self.provider {
            Provider::Twilio => add("x-twilio-signature", signing::twilio(SECRET, &self.url, &fields)),
            Provider::SignalWire => add("x-signalwire-signature", signing::twilio(SECRET, &self.url, &fields)),
            Provider::Telnyx => {
                add("telnyx-timestamp", seconds.to_string());
                add("telnyx-signature-ed25519", signing::telnyx(&seconds.to_string(), body));
            }
            Provider::Jambonz => add("jambonz-signature", signing::jambonz(SECRET, seconds, body)),
            Provider::Vonage => add("authorization", signing::vonage(SECRET, seconds, body)),
        }
        headers
    }

    pub fn signed(&self, house: &House) -> Request<Body> {
        self.signed_at(house.clock.now().unix_seconds())
    }

    pub fn signed_at(&self, seconds: u64) -> Request<Body> {
        self.with(&self.headers(seconds))
    }

    pub fn with(&self, headers: &[(String, String)]) -> Request<Body> {
        let ours = [ORIGIN, crate::support::world::ORIGIN];
        let path = ours.iter().find_map(|origin| self.url.strip_prefix(origin)).expect("an address of ours");
        let mut request = Request::post(path);
        for (name, value) in headers {
            request = request.header(name, value.as_bytes());
        }
        request.body(Body::from(self.body.clone())).unwrap()
    }
}
