//! Importing a CSV file: the good rows are in, every bad one is named, and doing it again doubles nothing.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use ringback::cli::registry::words;
use ringback::model::account::RegisteredContact;
use ringback::model::ids::AccountId;
use ringback::model::method::Method;
use ringback::model::names::OptionKey;
use ringback::model::secrets::Answer;
use ringback::model::time::{Seconds, Timestamp};
use ringback::ports::registry::{Enrolment, Registry};
use ringback::registry::import::{Import, ImportError, Report};
use ringback::registry::sqlite::SqliteRegistry;

use super::fixtures::{ring, uni};
use super::people::People;
use super::registry::keys;
use crate::support::clock::MORNING;

/// A registry, a directory and the questions pet, city and year, the last one for telephones too.
struct Office {
    registry: SqliteRegistry,
    people: People,
    questions: Vec<OptionKey>,
    by_telephone: BTreeSet<OptionKey>,
    now: Timestamp,
}

fn office() -> Office {
    let registry = SqliteRegistry::in_memory(keys(&ring())).unwrap();
    let questions = vec![OptionKey::of("pet"), OptionKey::of("city"), OptionKey::of("year")];
    let by_telephone = BTreeSet::from([OptionKey::of("year")]);
    Office { registry, people: People::default(), questions, by_telephone, now: MORNING }
}

impl Office {
    async fn import(&self, file: impl AsRef<[u8]>) -> Result<Report, ImportError> {
        let import = Import {
            tenant: &uni(),
            region: "GB",
            questions: &self.questions,
            by_telephone: &self.by_telephone,
            directory: &self.people,
            registry: &self.registry,
            now: self.now,
        };
        import.run(file.as_ref()).await
    }

    async fn enrolment(&self, name: &str) -> Enrolment {
        self.registry.enrolment(&uni(), &AccountId(format!("id-of-{name}"))).await.unwrap()
    }

    async fn answers(&self, name: &str, pet: &str) -> bool {
        let given = [(OptionKey::of("pet"), Answer::new(pet.to_owned()))];
        self.registry.answers_right(&uni(), &AccountId(format!("id-of-{name}")), &given).await.unwrap()
    }
}

#[tokio::test]
async fn an_answer_that_nobody_could_key_in_is_refused_with_its_place() {
    let office = office();
    for (cell, taken) in [("1999", true), ("1204567890123456", true), ("7", false), ("12 04", false), ("Ipoh", false)] {
        let file = format!("account,question:year,question:city\nada@uni.example,{cell},Ipoh\n");
        let report = office.import(file).await.unwrap();
        assert_eq!(report.accepted == 1, taken, "{cell}: {report:?}");
        let places: Vec<_> = report.faults.iter().map(|fault| (fault.line, fault.column.as_deref())).collect();
        assert_eq!(places, if taken { vec![] } else { vec![(2, Some("question:year"))] }, "{cell}");
    }
}

fn numbers(enrolment: &Enrolment) -> Vec<(String, Vec<Method>)> {
    let shown = |entry: &RegisteredContact| (entry.contact.normal_form(), entry.methods.clone());
    enrolment.contacts.iter().map(shown).collect()
}

const GOOD: &str = "\
account,mobile,office_phone,email,totp_secret,question:pet,question:city
ada@uni.example,07700 900123,+44 20 7946 0018 ext 12,ada@mail.example,jbsw y3dp ehpk 3pxp jbsw y3dp ehpk 3pxp,Rex,Ipoh
Ben@uni.example,'+447700900124,,,,,
";

#[tokio::test]
async fn good_rows_are_in_with_their_methods() {
    let office = office();
    let report = office.import(GOOD).await.unwrap();
    assert_eq!((report.accepted, report.refused, report.faults.len()), (2, 0, 0));
    let ada = office.enrolment("ada").await;
    let expected = vec![
        (String::from("+447700900123"), vec![Method::Sms, Method::CallMobile]),
        (String::from("+442079460018;ext=12"), vec![Method::CallOffice]),
        (String::from("ada@mail.example"), vec![Method::Email]),
    ];
    assert_eq!(numbers(&ada), expected);
    assert_eq!(ada.totp.unwrap().0.len(), 20);
    assert_eq!(ada.questions.len(), 2);
    assert!(office.answers("ada", "rex").await && !office.answers("ada", "Tom").await);
    assert_eq!(numbers(&office.enrolment("ben").await)[0].0, "+447700900124");
}

#[tokio::test]
async fn a_second_run_doubles_nothing() {
    let office = office();
    office.import(GOOD).await.unwrap();
    let before = numbers(&office.enrolment("ada").await);
    let report = office.import(GOOD).await.unwrap();
    assert_eq!((report.accepted, report.refused), (2, 0));
    let after = office.enrolment("ada").await;
    assert_eq!(numbers(&after), before);
    assert_eq!(after.questions.len(), 2);
}

#[tokio::test]
async fn every_bad_row_is_named_by_line_column_and_reason() {
    let office = office();
    let file = "\
account,mobile,email,totp_secret
ada@uni.example,07700900123,,
nobody@uni.example,07700900123,,
root@uni.example,07700900123,,
ben@uni.example,12,not-a-mail,AAAA
,07700900123,,
ada@uni.example,07700900999,,
ben@uni.example,,,
ben@uni.example,07700900124
\"ben@uni.example\",\"=HYPERLINK(\"\"http://evil.example\"\")\",@SUM(A1),
ben@uni.example,4.477E+11,,JBSWY3DPEHPK3PX1
ben@uni.example,07700900125,,JBSWY3DPEHPK3PXPJBSWY3DPEH
";
    let report = office.import(file).await.unwrap();
    let expected = "\
line 3, account: the directory has no such account, or more than one
line 4, account: the account is protected: self-service never touches it
line 5, mobile: it is no telephone number of this region or in international form
line 5, email: it is no mail address
line 5, totp_secret: it is no base32 text of 16 to 64 bytes
line 6, account: it is empty
line 7, account: the same account is on line 2
line 8: nothing is to be imported
line 9: it has 2 cells, the first row has 4
line 10, mobile: it looks like a formula of a spreadsheet
line 10, email: it looks like a formula of a spreadsheet
line 11, mobile: it is no telephone number of this region or in international form
line 11, totp_secret: it is no base32 text of 16 to 64 bytes
2 imported, 9 refused.";
    assert_eq!(words(&report), expected);
    assert_eq!(numbers(&office.enrolment("ada").await)[0].0, "+447700900123", "the repeated row changed nothing");
    assert_eq!(numbers(&office.enrolment("ben").await)[0].0, "+447700900125");
    assert!(office.enrolment("root").await.contacts.is_empty());
}

#[tokio::test]
async fn a_report_shows_no_cell() {
    let office = office();
    let secret = "canary";
    let file = format!(
        "account,mobile,email,totp_secret,question:pet\n{secret}@uni.example,{secret},={secret},{secret},{secret}\n"
    );
    let report = words(&office.import(file).await.unwrap());
    assert!(report.contains("line 2") && !report.contains(secret), "{report}");
}

#[tokio::test]
async fn empty_cells_leave_what_is_there() {
    let office = office();
    office.import(GOOD).await.unwrap();
    office.import("account,email\nada@uni.example,new@mail.example\n").await.unwrap();
    let ada = office.enrolment("ada").await;
    let shown: Vec<String> = numbers(&ada).into_iter().map(|(number, _)| number).collect();
    assert_eq!(shown, ["+447700900123", "+442079460018;ext=12", "new@mail.example"]);
    assert!(ada.totp.is_some());
    assert!(office.answers("ada", "Rex").await);
}

#[tokio::test]
async fn a_changed_number_is_new_and_an_unchanged_one_keeps_its_age() {
    let mut office = office();
    office.import("account,mobile,email\nada@uni.example,07700900123,a@mail.example\n").await.unwrap();
    let ages = |enrolment: Enrolment| enrolment.contacts.into_iter().map(|entry| entry.since).collect::<Vec<_>>();
    assert_eq!(ages(office.enrolment("ada").await), [None, None]);
    office.now = MORNING + Seconds::hours(1);
    office.import("account,mobile,email\nada@uni.example,07700900999,a@mail.example\n").await.unwrap();
    assert_eq!(ages(office.enrolment("ada").await), [Some(office.now), None]);
    office.now = MORNING + Seconds::hours(2);
    office.import("account,mobile,email\nada@uni.example,07700900999,a@mail.example\n").await.unwrap();
    assert_eq!(ages(office.enrolment("ada").await), [Some(MORNING + Seconds::hours(1)), None]);
}

#[tokio::test]
async fn files_of_spreadsheets_are_read_as_they_come() {
    let office = office();
    let file = "\u{feff}account;mobile;question:pet\r\nada@uni.example;07700900123;\"Rex; the dog\"\r\n\r\n\
                ben@uni.example;07700900124;\"two\nlines\"\r\nnobody@uni.example;07700900124;\r\n";
    let report = office.import(file).await.unwrap();
    assert_eq!(report.accepted, 2);
    assert_eq!(report.faults[0].line, 6, "lines are those of the file");
    assert!(office.answers("ada", "rex; the dog").await);
    assert!(office.answers("ben", "two lines").await);
}

#[tokio::test]
async fn bytes_that_are_no_text_cost_one_row() {
    let office = office();
    let file = b"account,mobile\nada@uni.example,0770\xff0900123\nben@uni.example,07700900124\n";
    let report = office.import(file).await.unwrap();
    assert_eq!((report.accepted, report.refused), (1, 1));
    assert_eq!(words(&report).lines().next(), Some("line 2, mobile: it is not UTF-8 text"));
}

#[tokio::test]
async fn a_first_row_that_is_none_stops_before_anything_is_taken() {
    let cases = [
        ("", "`account` is missing"),
        ("mobile\n07700900123\n", "`account` is missing"),
        ("account\nada@uni.example\n", "no column to import"),
        ("account,mobil\nada@uni.example,07700900123\n", "`mobil` is not known"),
        ("account,mobile,mobile\nada@uni.example,1,2\n", "`mobile` stands there twice"),
        ("account,question:school\nada@uni.example,x\n", "`question:school` is not known"),
        ("ada@uni.example,07700900123\n", "column 1 is not known"),
    ];
    for (file, expected) in cases {
        let office = office();
        let error = office.import(file).await.unwrap_err();
        assert!(matches!(error, ImportError::Header(_)), "{error}");
        let error = error.to_string();
        assert!(error.contains(expected) && !error.contains("ada@"), "{error}");
        assert!(office.enrolment("ada").await.contacts.is_empty());
    }
}

#[tokio::test]
async fn a_directory_that_stops_answering_stops_the_import_where_it_is() {
    let office = office();
    office.people.stops_after.store(1, Ordering::SeqCst);
    let error = office.import(GOOD).await.unwrap_err();
    assert!(matches!(error, ImportError::Directory { line: 3, .. }), "{error}");
    assert_eq!(office.enrolment("ada").await.contacts.len(), 3);
    office.people.stops_after.store(0, Ordering::SeqCst);
    assert_eq!(office.import(GOOD).await.unwrap().accepted, 2);
    assert_eq!(office.enrolment("ada").await.contacts.len(), 3);
}

#[tokio::test]
async fn the_manual_names_every_column_and_its_example_is_taken() {
    let manual = include_str!("../../../docs/enrolment.md");
    let mut office = office();
    for column in ["account", "mobile", "office_phone", "email", "totp_secret", "question:<id>"] {
        assert!(manual.contains(&format!("| `{column}` |")), "{column}");
    }
    office.questions = vec![OptionKey::of("pet")];
    let example = manual.split("```csv\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let example = example.replace("csmith1234@mail.apu.edu.my", "ada@uni.example");
    let report = office.import(example).await.unwrap();
    assert_eq!((report.accepted, report.refused), (1, 0), "{}", words(&report));
}
