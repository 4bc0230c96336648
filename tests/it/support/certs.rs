//! Certificates for servers of the tests: an authority of its own each time, and leaves for loopback.

use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose};

/// An authority and one leaf that it signed, as PEM files.
pub struct Certs {
    pub ca: PathBuf,
    pub leaf: PathBuf,
    pub key: PathBuf,
}

impl Certs {
    /// A leaf for `localhost` and `127.0.0.1`.
    pub fn for_loopback(folder: &Path) -> Self {
        Self::naming(folder, &["localhost", "127.0.0.1"])
    }

    /// A leaf for these hosts only.
    pub fn naming(folder: &Path, hosts: &[&str]) -> Self {
        let ca_key = KeyPair::generate().unwrap();
        let mut ca = CertificateParams::default();
        ca.distinguished_name.push(DnType::CommonName, "Authority of the tests");
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let ca = ca.self_signed(&ca_key).unwrap();

        let leaf_key = KeyPair::generate().unwrap();
        let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
        let mut leaf = CertificateParams::new(hosts).unwrap();
        leaf.distinguished_name.push(DnType::CommonName, "Server of the tests");
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let leaf = leaf.signed_by(&leaf_key, &ca, &ca_key).unwrap();

        let certs = Self { ca: folder.join("ca.pem"), leaf: folder.join("leaf.pem"), key: folder.join("leaf.key") };
        std::fs::write(&certs.ca, ca.pem()).unwrap();
        std::fs::write(&certs.leaf, leaf.pem()).unwrap();
        std::fs::write(&certs.key, leaf_key.serialize_pem()).unwrap();
        certs
    }
}
