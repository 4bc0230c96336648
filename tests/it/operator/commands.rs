//! `registry import` and `account release` against a live directory.

use std::process::Output;

use ringback::model::ids::{AccountId, TenantId};
use ringback::model::time::Timestamp;
use ringback::ports::registry::{Enrolment, Registry};

use super::installation::{Installation, ada};

const FILE: &str = "account,mobile,email,totp_secret
ada@student.uni.example,+44 7700 900155,ada@post.example,JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP
nobody@student.uni.example,+44 7700 900156,,
grace@uni.example,not a number,,
,+44 7700 900157,,
=cmd()@uni.example,+44 7700 900158,,
";

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn uni() -> TenantId {
    TenantId("uni".to_owned())
}

fn id_of(installation: &Installation, dn: &str) -> AccountId {
    AccountId(installation.slapd.attribute(dn, "entryUUID").unwrap())
}

async fn enrolled(installation: &Installation, account: &AccountId) -> Enrolment {
    installation.registry().enrolment(&uni(), account).await.unwrap()
}

#[tokio::test]
async fn an_import_takes_good_rows_names_bad_ones_and_doubles_nothing() {
    let installation = Installation::new();
    let file = installation.path("people.csv");
    std::fs::write(&file, FILE).unwrap();
    let ada = id_of(&installation, &ada().dn());
    let first = installation.operate(["registry", "import"], file.to_str().unwrap());
    let told = said(&first);
    assert_eq!(first.status.code(), Some(1), "{told}");
    assert!(told.contains("1 imported, 4 refused."), "{told}");
    for place in ["line 3, account", "line 4, mobile", "line 5, account", "line 6, account"] {
        assert!(told.contains(place), "{place}: {told}");
    }
    for cell in ["7700", "not a number", "cmd", "JBSWY", "post.example"] {
        assert!(!told.contains(cell), "no cell is repeated: {told}");
    }
    let before = enrolled(&installation, &ada).await;
    assert_eq!(before.contacts.len(), 2);
    assert!(before.totp.is_some());

    // The mended file, twice: what is in already is neither doubled nor counted as new.
    std::fs::write(&file, FILE.lines().take(2).map(|line| format!("{line}\n")).collect::<String>()).unwrap();
    for _ in 0..2 {
        let again = installation.operate(["registry", "import"], file.to_str().unwrap());
        assert_eq!(again.status.code(), Some(0), "{}", said(&again));
        assert!(said(&again).contains("1 imported, 0 refused."));
    }
    let after = enrolled(&installation, &ada).await;
    assert!(after.contacts == before.contacts, "the same contacts, registered since the same moment");
    let checked = installation.verify();
    assert_eq!(checked.status.code(), Some(0), "{}", said(&checked));

    std::fs::write(&file, "account,mobil\nada@student.uni.example,+447700900155\n").unwrap();
    let slip = installation.operate(["registry", "import"], file.to_str().unwrap());
    assert_eq!(slip.status.code(), Some(2), "{}", said(&slip));
    assert!(said(&slip).contains("mobil"), "{}", said(&slip));
}

#[tokio::test]
async fn g28_the_service_tells_the_old_address_of_what_the_command_imported() {
    let installation = Installation::new();
    let file = installation.path("people.csv");
    for address in ["old@post.example", "old@post.example", "new@post.example"] {
        std::fs::write(&file, format!("account,email\nada@student.uni.example,{address}\n")).unwrap();
        let imported = installation.operate(["registry", "import"], file.to_str().unwrap());
        assert_eq!(imported.status.code(), Some(0), "{}", said(&imported));
    }
    let service = installation.serve(&["uni"], "");
    let told = installation.mail.wait_for("old@post.example", 1);
    assert!(told[0].text.contains("/not-me/") && !told[0].text.contains("new@post"), "{}", told[0].text);
    service.signal("TERM");
    assert_eq!(service.end(), Some(0));
    assert_eq!(installation.mail.received().len(), 1, "nobody else, and once");
    let checked = installation.verify();
    assert_eq!(checked.status.code(), Some(0), "{}", said(&checked));
}

#[tokio::test]
async fn a_release_finds_the_account_in_the_directory_lifts_its_freeze_and_is_on_record() {
    let installation = Installation::new();
    let ada = id_of(&installation, &ada().dn());
    std::fs::create_dir(installation.path("data")).unwrap();
    installation.registry().freeze(&uni(), &ada, Timestamp(1_780_000_000_000)).await.unwrap();

    let nobody = installation.operate(["account", "release"], "nobody@student.uni.example");
    assert_eq!(nobody.status.code(), Some(2), "{}", said(&nobody));
    assert!(installation.registry().frozen(&uni(), &ada).await.unwrap());

    let released = installation.operate(["account", "release"], "ada@student.uni.example");
    assert_eq!(released.status.code(), Some(0), "{}", said(&released));
    assert!(said(&released).contains("may use self-service again"), "{}", said(&released));
    assert!(!installation.registry().frozen(&uni(), &ada).await.unwrap());
    let twice = installation.operate(["account", "release"], "ada@student.uni.example");
    assert!(said(&twice).contains("was not frozen"), "{}", said(&twice));
    let checked = said(&installation.verify());
    assert!(checked.contains('2'), "two releases are on record: {checked}");
}

#[tokio::test]
async fn without_the_directory_nothing_is_released_or_imported_and_the_remedy_is_named() {
    let installation = Installation::new();
    let file = installation.path("people.csv");
    std::fs::write(&file, FILE).unwrap();
    let secret = installation.slapd.config().bind_password_file;
    std::fs::write(&secret, "surely-Wrong-1\n").unwrap();
    for (command, argument) in
        [(["account", "release"], "ada@student.uni.example"), (["registry", "import"], file.to_str().unwrap())]
    {
        let failed = installation.operate(command, argument);
        let told = said(&failed);
        assert_eq!(failed.status.code(), Some(3), "{told}");
        assert!(told.contains("\n  do ") && !told.contains("surely-Wrong"), "{told}");
    }
}
