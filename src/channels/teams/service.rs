//! Where an activity may tell us to answer. Our access token goes there, so a wrong host would be a thief's.

use reqwest::Url;

use crate::channels::teams::exchange::is_here;

/// Hosts of the platform. Never all of `*.trafficmanager.net`: anybody can have a name there.
pub const HOSTS: [&str; 2] = ["smba.trafficmanager.net", "*.botframework.com"];

/// One entry of the list of hosts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Host {
    Exactly(String),
    /// Every name below this one, and not the name itself.
    Below(String),
}

impl Host {
    /// Reads `smba.trafficmanager.net` or `*.botframework.com`.
    ///
    /// # Errors
    /// In words for an operator.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let (name, below) = text.strip_prefix("*.").map_or((text, false), |name| (name, true));
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
        match name {
            "trafficmanager.net" | "azurewebsites.net" | "cloudapp.net" => Err("anybody can have a name there"),
            name if name.is_empty() || !name.chars().all(plain) || name.starts_with('.') || name.ends_with('.') => {
                Err("not the name of a host in lower case")
            }
            name if below && name.matches('.').count() == 0 => Err("is far too wide"),
            name if below => Ok(Host::Below(format!(".{name}"))),
            name => Ok(Host::Exactly(name.to_owned())),
        }
    }

    fn covers(&self, host: &str) -> bool {
        match self {
            Host::Exactly(name) => name == host,
            Host::Below(end) => host.len() > end.len() && host.ends_with(end.as_str()),
        }
    }
}

/// The address, without a slash at its end, if we may answer there.
pub fn allowed(text: &str, hosts: &[Host]) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let bare =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    let host = url.host_str()?;
    // Written as it is understood: nothing hides behind escapes, other ports or dots.
    let plain = text.len() <= 300 && text.is_ascii() && !text.contains(['\\', '%', ' ', '@']) && !text.contains("..");
    let safe = match url.scheme() {
        "https" => url.port().is_none(),
        "http" => is_here(&url),
        _ => false,
    };
    let known = hosts.iter().any(|known| known.covers(host));
    (bare && plain && safe && known).then(|| url.as_str().trim_end_matches('/').to_owned())
}

/// Whether a token that is for one address is for the other: a slash at the end and the case make no difference.
pub fn same(claimed: &str, named: &str) -> bool {
    let bare = |text: &str| text.strip_suffix('/').unwrap_or(text).to_ascii_lowercase();
    !named.is_empty() && bare(claimed) == bare(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_where_the_platform_is_and_nowhere_else() {
        let hosts: Vec<Host> = HOSTS.iter().map(|host| Host::parse(host).ok()).map(Option::unwrap).collect();
        for good in [
            "https://smba.trafficmanager.net/apac/",
            "https://smba.trafficmanager.net/emea/8f1d/",
            "https://europe.botframework.com",
        ] {
            assert_eq!(allowed(good, &hosts).as_deref(), Some(good.trim_end_matches('/')), "{good}");
        }
        for bad in [
            "http://smba.trafficmanager.net/apac/",
            "https://evil.trafficmanager.net/",
            "https://smba.trafficmanager.net.evil.example/",
            "https://smba.trafficmanager.net@evil.example/",
            "https://user:pw@smba.trafficmanager.net/",
            "https://smba.trafficmanager.net:8443/",
            "https://evil.example/smba.trafficmanager.net",
            "https://botframework.com/",
            "https://evilbotframework.com/",
            "https://.botframework.com/",
            "https://smba.trafficmanager.net/?to=evil.example",
            "https://smba.trafficmanager.net/#x",
            "https://smba.trafficmanager.net/%2e%2e/x",
            "https://smba.trafficmanager.net/../x",
            "https://smba.trafficmanager.net\\@evil.example",
            "https:smba.trafficmanager.net/ x",
            "ftp://smba.trafficmanager.net/",
            "http://127.0.0.1/",
            "http://169.254.169.254/",
            "https://ѕmba.trafficmanager.net/",
            "smba.trafficmanager.net",
            "",
        ] {
            assert_eq!(allowed(bad, &hosts), None, "{bad}");
        }
        for bad in ["*.trafficmanager.net", "*.net", "*", "", "*.", "https://x.example", "Host.example", "a b"] {
            assert!(Host::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_claim_fits_its_address_but_for_case_and_one_slash() {
        assert!(same("https://a.example/x/", "https://A.example/x"));
        assert!(!same("https://a.example/x", "https://a.example/y"));
        assert!(!same("https://a.example//", "https://a.example"));
        assert!(!same("", ""));
    }
}
