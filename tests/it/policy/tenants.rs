//! The four tenants that ship hold the values of their institutions' guides, each one asserted.

use ringback::config::tenant::{shipped, shipped_file};
use ringback::model::method::Method::{self, *};
use ringback::policy::gates::Distinct;
use ringback::policy::local_time::Summer;
use ringback::policy::password::CharacterClass::{Digit, Lower, Symbol, Upper};
use ringback::policy::password::Reuse;
use ringback::policy::tenant::{HumanCheck, Tenant};

use super::{languages, tenant};

#[test]
fn all_four_are_read_without_fault_or_warning() {
    let all = shipped(&languages());
    let ids: Vec<&str> = all.iter().map(|tenant| tenant.id.0.as_str()).collect();
    assert_eq!(ids, ["apu", "imu", "office365", "aps"]);
    for id in ids {
        let file = shipped_file(id, &languages()).unwrap().map_err(|faults| faults[0].to_string()).unwrap();
        assert_eq!(file.findings.warnings, [], "{id}");
    }
}

#[test]
fn hints_show_as_many_letters_as_the_guides_do() {
    assert_eq!([tenant("apu").hint_letters, tenant("aps").hint_letters], [1, 2]);
}

#[test]
fn populations_have_the_suffixes_of_the_guides() {
    let suffixes = |id: &str| -> Vec<(String, String)> {
        let populations = tenant(id).populations;
        populations.into_iter().map(|p| (p.id.as_str().to_owned(), p.suffix)).collect()
    };
    let both = |student: &str, staff: &str| {
        vec![("student".to_owned(), student.to_owned()), ("staff".to_owned(), staff.to_owned())]
    };
    assert_eq!(suffixes("apu"), both("mail.apu.edu.my", "apu.edu.my"));
    assert_eq!(suffixes("imu"), both("student.imu.edu.my", "imu.edu.my"));
    assert_eq!(suffixes("office365"), both("student.contoso.example", "contoso.example"));
    assert_eq!(suffixes("aps"), both("student.apsk12.org", "apsk12.org"));
}

#[test]
fn a_user_name_belongs_to_the_population_of_its_exact_domain() {
    let apu = tenant("apu");
    let population = |name: &str| apu.population_of(name).map(|p| p.id.as_str());
    assert_eq!(population("tp012345@mail.apu.edu.my"), Some("student"));
    assert_eq!(population("siti@APU.edu.MY"), Some("staff"));
    assert_eq!(population("siti@evil-apu.edu.my"), None);
    assert_eq!(population("siti@x.apu.edu.my"), None);
    assert_eq!(population("siti"), None);
}

#[test]
fn gates_and_methods_are_those_of_the_guides() {
    let gates = |id: &str| -> (u8, Distinct, Vec<Method>) {
        let tenant = tenant(id);
        (tenant.gates_needed, tenant.distinct, tenant.methods)
    };
    assert_eq!(gates("apu"), (1, Distinct::Family, vec![Email, Sms, CallMobile, Totp, Questions]));
    assert_eq!(gates("imu"), (2, Distinct::Target, vec![Email, Sms, CallMobile, CallOffice, Push, Totp]));
    assert_eq!(gates("office365"), (1, Distinct::Family, vec![Sms, CallMobile, CallOffice, Push, Totp]));
    assert_eq!(gates("aps"), (2, Distinct::Family, vec![Email, Sms, CallMobile]));
}

#[test]
fn questions_are_on_for_apu_alone_and_worded_in_each_language() {
    for id in ["imu", "office365", "aps"] {
        assert_eq!(tenant(id).questions, None, "{id}");
    }
    let questions = tenant("apu").questions.unwrap();
    assert_eq!(questions.asked, 3);
    assert_eq!(questions.catalogue.len(), 5);
    assert!(questions.catalogue.values().all(|wording| wording.len() == 2));
}

#[test]
fn password_rules_have_their_exact_values() {
    let apu = tenant("apu").password;
    assert_eq!((apu.min, apu.max, apu.classes_of_four, apu.ascii_only), (8, 256, 3, true));
    assert_eq!((apu.reuse, apu.name_part_min, apu.require.len()), (Reuse::Allowed, None, 0));

    let imu = tenant("imu").password;
    assert_eq!((imu.min, imu.max, imu.classes_of_four, imu.ascii_only), (8, 256, 0, false));
    assert_eq!((imu.reuse, imu.name_part_min), (Reuse::Refused, Some(4)));
    assert_eq!(imu.require, [Upper, Lower, Digit, Symbol]);

    let office = tenant("office365").password;
    assert_eq!((office.min, office.max, office.classes_of_four, office.ascii_only), (14, 256, 0, false));
    assert_eq!((office.reuse, office.name_part_min), (Reuse::Directory, None));
    assert_eq!(office.require, [Upper, Lower, Digit]);

    let aps = tenant("aps").password;
    assert_eq!((aps.min, aps.max, aps.classes_of_four, aps.ascii_only), (15, 256, 3, false));
    assert_eq!(aps.forbidden, ["What a wonderful day!"]);
}

#[test]
fn the_rest_is_as_printed() {
    let [apu, imu, office, aps] = ["apu", "imu", "office365", "aps"].map(tenant);
    assert_eq!(
        [&apu, &imu, &office, &aps].map(|t| t.name.as_str()),
        ["Asia Pacific University", "International Medical University", "Contoso University", "Atlanta Public Schools"]
    );
    assert_eq!([&apu, &imu, &office, &aps].map(|t| t.region.as_str()), ["MY", "MY", "US", "US"]);
    assert_eq!([&apu, &imu, &office, &aps].map(|t| t.asks_reason), [false, true, false, true]);
    assert!([&apu, &imu, &office, &aps].iter().all(|t| t.unlock && t.sign_in == "https://portal.office.com"));
    let clock = |t: &Tenant| (t.local_time.standard, t.local_time.summer);
    let (kuala_lumpur, east_coast) = ((480, None), (-300, Some(Summer::UnitedStates)));
    assert_eq!([&apu, &imu, &office, &aps].map(clock), [kuala_lumpur, kuala_lumpur, east_coast, east_coast]);
    assert_eq!(apu.also_changes.as_deref(), Some("Office 365 and APSPACE"));
    assert_eq!(apu.desk.url.as_deref(), Some("https://assist.apu.edu.my"));
    assert_eq!(aps.desk.phone.as_deref(), Some("x1000"));
    assert_eq!(imu.human_check, HumanCheck::Always);
    assert_eq!(apu.human_check, HumanCheck::OnSuspicion);
    for tenant in [apu, imu, office, aps] {
        assert_eq!(tenant.languages, languages());
        assert_eq!((tenant.caps.messages_a_day, tenant.caps.wrong_codes_a_day), (500, 2_500));
    }
}
