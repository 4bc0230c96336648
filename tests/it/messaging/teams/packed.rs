//! The app package, as another program unpacks it.

use std::process::Command;

use ringback::channels::teams::package::{Wish, package};
use ringback::model::peer::Language;
use serde_json::Value;

use super::mock::APP;
use crate::support::world::CATALOG;

#[test]
fn another_program_unpacks_the_app_and_finds_what_belongs_there() {
    let folder = tempfile::tempdir().unwrap();
    for tag in ["en", "ms"] {
        let language = Language(tag.to_owned());
        let wish = Wish {
            app: APP,
            name: "Asia Pacific University of Technology and Innovation",
            accent: "#1f4e8c",
            public_url: "https://reset.example.edu:8443",
            language: &language,
            groups: false,
        };
        let (bytes, again) = (package(&CATALOG, &wish), package(&CATALOG, &wish));
        assert!(bytes == again, "the same input is the same package");
        let path = folder.path().join("teams.zip");
        std::fs::write(&path, &bytes).unwrap();
        let script = "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; z.extractall(sys.argv[2])";
        let unpacked = Command::new("python3").args(["-c", script]).arg(&path).arg(folder.path()).output().unwrap();
        assert!(unpacked.status.success(), "{}", String::from_utf8_lossy(&unpacked.stderr));
        let manifest: Value =
            serde_json::from_slice(&std::fs::read(folder.path().join("manifest.json")).unwrap()).unwrap();
        assert_eq!(manifest["id"], APP);
        assert_eq!(manifest["bots"][0]["botId"], APP);
        assert_eq!(manifest["bots"][0]["scopes"], serde_json::json!(["personal"]));
        assert_eq!(manifest["validDomains"], serde_json::json!(["reset.example.edu"]));
        let within = |place: &str, most: usize| {
            let text = manifest.pointer(place).and_then(Value::as_str).unwrap_or_else(|| panic!("no {place}"));
            assert!((1..=most).contains(&text.chars().count()), "{place}: {text}");
        };
        within("/name/short", 30);
        within("/name/full", 100);
        within("/description/short", 80);
        within("/description/full", 4_000);
        within("/developer/name", 32);
        for n in 0..6 {
            within(&format!("/bots/0/commandLists/0/commands/{n}/title"), 32);
            within(&format!("/bots/0/commandLists/0/commands/{n}/description"), 128);
        }
        for (file, side) in [("color.png", 192), ("outline.png", 32)] {
            let reader = png::Decoder::new(std::fs::File::open(folder.path().join(file)).unwrap()).read_info().unwrap();
            assert_eq!((reader.info().width, reader.info().height), (side, side), "{file}");
        }
    }
}
