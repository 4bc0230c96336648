//! Numbers and addresses: read as people write them, compared in one form, masked so that little leaks.

use proptest::prelude::*;
use ringback::model::contacts::{Contact, EmailAddress, PhoneNumber};

fn phone(text: &str, region: &str) -> Option<String> {
    PhoneNumber::parse(text, region).ok().map(|phone| Contact::Phone(phone).normal_form())
}

fn email(text: &str) -> Option<String> {
    EmailAddress::parse(text).ok().map(|mail| mail.as_str().to_owned())
}

#[test]
fn one_number_in_many_spellings() {
    let spellings = [
        ("+44 7700 900123", "GB"),
        ("07700 900123", "GB"),
        ("(07700) 900-123", "GB"),
        ("0044 7700 900 123", "MY"),
        ("+44.7700.900123", "US"),
        ("tel:+44-7700-900123", "MY"),
        ("\u{200E}+44\u{A0}7700\u{A0}900123", "MY"),
        ("０７７００ ９００１２３", "GB"),
        ("٠٧٧٠٠ ٩٠٠١٢٣", "GB"),
        ("011 44 7700 900123", "US"),
    ];
    for (text, region) in spellings {
        assert_eq!(phone(text, region).as_deref(), Some("+447700900123"), "{text} in {region}");
    }
    assert_eq!(phone("404-555-0123", "US").as_deref(), Some("+14045550123"));
    assert_eq!(phone("+1 (404) 555-0123", "MY").as_deref(), Some("+14045550123"));
    assert_eq!(phone("020 7946 0018", "GB").as_deref(), Some("+442079460018"));
    assert_eq!(phone("44 7700 900123", "GB").as_deref(), Some("+447700900123"));
}

#[test]
fn an_extension_belongs_to_the_number() {
    for text in ["020 7946 0018 ext. 12", "020 7946 0018 x12", "+442079460018;ext=12"] {
        assert_eq!(phone(text, "GB").as_deref(), Some("+442079460018;ext=12"), "{text}");
    }
    assert_ne!(phone("020 7946 0018 x12", "GB"), phone("020 7946 0018", "GB"));
}

#[test]
fn what_is_no_whole_number_is_asked_again() {
    let bad = ["", "45", "900123", "hello", "+", "+99912345678901", "12345678901234567890", "ada@uni.example"];
    for text in bad {
        assert_eq!(phone(text, "GB"), None, "{text}");
    }
    assert_eq!(phone("07700 900123", "nowhere"), None, "a local number needs a region");
    assert_eq!(phone(&"1".repeat(2000), "GB"), None);
}

#[test]
fn an_address_keeps_its_mailbox_and_lowers_its_domain() {
    assert_eq!(email(" Ada.Lovelace@Uni.Example ").as_deref(), Some("Ada.Lovelace@uni.example"));
    assert_eq!(email("<ada+reset@uni.example>").as_deref(), Some("ada+reset@uni.example"));
    assert_eq!(email("ada＠uni.example").as_deref(), Some("ada@uni.example"));
    let form = |text: &str| Contact::Email(EmailAddress::parse(text).unwrap()).normal_form();
    assert_eq!(form("ADA@uni.example"), form("ada@UNI.example"));
}

#[test]
fn what_is_no_single_address_is_asked_again() {
    let long = format!("{}@uni.example", "a".repeat(65));
    let bad = [
        "",
        "ada",
        "ada@",
        "@uni.example",
        "ada@uni",
        "a b@uni.example",
        "ada@uni..example",
        ".ada@uni.example",
        "ada@-uni.example",
        "Ada <ada@uni.example>",
        "ada@uni.example, bob@uni.example",
        "ada@uni.example\r\nBcc: x@y.example",
        "ada@[127.0.0.1]",
        "\"a b\"@uni.example",
        "ada@uni.example>",
        &long,
    ];
    for text in bad {
        assert_eq!(email(text), None, "{text}");
    }
}

#[test]
fn hints_show_two_digits_or_one_letter() {
    let number = Contact::Phone(PhoneNumber::parse("+44 7700 900145", "GB").unwrap());
    assert_eq!(number.masked(), "••••••45");
    let mail = |text: &str| Contact::Email(EmailAddress::parse(text).unwrap());
    assert_eq!(mail("ifeoma@mail.example").masked(), "i•••••@mail.example");
    assert_eq!(mail("ifeoma@mail.example").masked_with(2), "if•••••@mail.example");
    assert_eq!(mail("ifeoma@mail.example").masked_with(9), "if•••••@mail.example");
    assert_eq!(mail("ann@mail.example").masked_with(2), "a•••••@mail.example");
    assert_eq!(mail("jo@mail.example").masked(), "•••••@mail.example", "one hidden letter is no secret");
}

#[test]
fn a_registered_address_survives_its_record() {
    for contact in contacts() {
        let back = Contact::restore(&contact.kept()).unwrap();
        assert!(back == contact);
    }
}

#[test]
fn addresses_do_not_reach_logs() {
    for contact in contacts() {
        assert_eq!(format!("{contact:?}"), "Contact(..)");
    }
}

fn contacts() -> Vec<Contact> {
    let phones = ["+442079460018;ext=12", "+14045550123"];
    let phones = phones.map(|text| Contact::Phone(PhoneNumber::parse(text, "GB").unwrap()));
    let mails = ["Ada@uni.example", "+x@uni.example"].map(|text| Contact::Email(EmailAddress::parse(text).unwrap()));
    phones.into_iter().chain(mails).collect()
}

proptest! {
    #[test]
    fn a_number_reads_back_from_its_normal_form(line in "(0?7700900|02079460|\\+1404555|\\+6012)[0-9]{3,8}( ?x[0-9]{1,4})?") {
        if let Ok(number) = PhoneNumber::parse(&line, "GB") {
            let form = Contact::Phone(number).normal_form();
            prop_assert_eq!(phone(&form, "US"), Some(form));
        }
    }

    #[test]
    fn an_address_reads_back_from_its_normal_form(line in "[A-Za-z0-9.+_-]{1,20}@[A-Za-z0-9.-]{1,20}\\.[A-Za-z]{2,4}") {
        if let Ok(mail) = EmailAddress::parse(&line) {
            let form = Contact::Email(mail).normal_form();
            prop_assert_eq!(email(&form), Some(form.clone()));
        }
    }

    #[test]
    fn a_hint_never_shows_more(digits in "[0-9]{6}", local in "[a-z0-9.]{1,30}", letters in 0usize..5) {
        if let Ok(number) = PhoneNumber::parse(&format!("+4477{digits}12"), "GB") {
            let masked = Contact::Phone(number).masked();
            prop_assert!(masked.chars().filter(char::is_ascii_digit).count() <= 2);
            prop_assert_eq!(masked.chars().count(), 8, "the length would tell something");
        }
        if let Ok(mail) = EmailAddress::parse(&format!("{local}@mail.example")) {
            let masked = Contact::Email(mail).masked_with(letters);
            let shown = masked.split('•').next().unwrap_or_default().chars().count();
            prop_assert!(shown <= 2 && shown <= letters && shown + 2 <= local.len().max(2));
            prop_assert!(masked.ends_with("•••••@mail.example"));
        }
    }

    #[test]
    fn nothing_typed_makes_the_parsers_fall(text in "\\PC{0,80}", region in "[A-Z]{0,3}") {
        let _ = PhoneNumber::parse(&text, &region);
        let _ = EmailAddress::parse(&text);
    }
}

#[test]
fn a_number_that_was_keyed_has_no_plus() {
    let keyed = |digits: &str| PhoneNumber::keyed(digits, "MY").map(|number| number.e164().to_owned());
    for digits in ["447700900100", "00447700900100"] {
        assert_eq!(keyed(digits).as_deref(), Ok("+447700900100"), "{digits}");
    }
    for digits in ["0123456789", "60123456789", "0060123456789"] {
        assert_eq!(keyed(digits).as_deref(), Ok("+60123456789"), "{digits}");
    }
    for digits in ["", "0", "00", "12", "999999999999999999"] {
        assert!(keyed(digits).is_err(), "{digits}");
    }
}
