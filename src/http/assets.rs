//! Style sheets, scripts and the icon: in the binary, under addresses that change with their content.

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::http::colour::brand_css;
use crate::http::headers::Allow;
use crate::http::problem::Problem;
use crate::http::site::Site;
use crate::policy::tenant::{Picture, Tenant};

/// Every file that our pages load.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Asset {
    Style,
    ChatStyle,
    ChatScript,
    PageScript,
    DemoStyle,
    DemoScript,
    PhoneScript,
    Icon,
}

/// Addresses by asset, made once.
static PATHS: LazyLock<Vec<(Asset, String)>> = LazyLock::new(|| {
    let path = |asset: Asset| {
        let (name, kind, content) = asset.file();
        let version = HEXLOWER.encode(&Sha256::digest(content)[..8]);
        (asset, format!("/assets/{name}.{version}.{kind}"))
    };
    Asset::ALL.into_iter().map(path).collect()
});

impl Asset {
    const ALL: [Asset; 8] = [
        Asset::Style,
        Asset::ChatStyle,
        Asset::ChatScript,
        Asset::PageScript,
        Asset::DemoStyle,
        Asset::DemoScript,
        Asset::PhoneScript,
        Asset::Icon,
    ];

    /// Its address on our server.
    pub fn path(self) -> &'static str {
        let found = PATHS.iter().find(|(asset, _)| *asset == self);
        found.map(|(_, path)| path.as_str()).expect("every asset is in the list")
    }

    fn file(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Asset::Style => ("style", "css", include_str!("assets/style.css")),
            Asset::ChatStyle => ("chat", "css", include_str!("assets/chat.css")),
            Asset::ChatScript => ("chat", "js", include_str!("assets/chat.js")),
            Asset::PageScript => ("page", "js", include_str!("assets/page.js")),
            Asset::DemoStyle => ("demo", "css", include_str!("assets/demo.css")),
            Asset::DemoScript => ("demo", "js", include_str!("assets/demo.js")),
            Asset::PhoneScript => ("phone", "js", include_str!("assets/phone.js")),
            Asset::Icon => ("icon", "svg", include_str!("assets/icon.svg")),
        }
    }

    fn media_type(self) -> &'static str {
        match self.file().1 {
            "css" => "text/css; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            _ => "image/svg+xml",
        }
    }
}

pub fn routes(site: Arc<Site>) -> Router {
    Router::new()
        .route("/assets/{file}", get(file))
        .route("/assets/brand/{file}", get(brand))
        .route("/assets/logo/{file}", get(logo))
        .route("/favicon.ico", get(|| async { answer(Asset::Icon, false) }))
        .with_state(site)
}

async fn file(Path(file): Path<String>) -> Response {
    let wanted = format!("/assets/{file}");
    match PATHS.iter().find(|(_, path)| *path == wanted) {
        Some((asset, _)) => answer(*asset, true),
        None => Problem::NotFound.into_response(),
    }
}

/// A tenant's colours; not kept by browsers, because a reload of its file may change them.
async fn brand(State(site): State<Arc<Site>>, Path(file): Path<String>) -> Response {
    let tenant = file.strip_suffix(".css").and_then(|id| site.tenant(id));
    match tenant {
        Some(tenant) => ([(CONTENT_TYPE, "text/css; charset=utf-8")], brand_css(&tenant.brand.accent)).into_response(),
        None => Problem::NotFound.into_response(),
    }
}

/// Where a tenant's picture is; `None` when it has none.
pub fn logo_path(tenant: &Tenant) -> Option<String> {
    Some(format!("/assets/logo/{}", logo_file(tenant)?))
}

fn logo_file(tenant: &Tenant) -> Option<String> {
    let logo = tenant.brand.logo.as_ref()?;
    let kind = match logo.picture {
        Picture::Png => "png",
        Picture::Svg => "svg",
    };
    Some(format!("{}.{}.{kind}", tenant.id, logo.version))
}

/// A tenant's picture, under its present name alone.
async fn logo(State(site): State<Arc<Site>>, Path(file): Path<String>) -> Response {
    let tenant = file.split('.').next().and_then(|id| site.tenant(id));
    let tenant = tenant.filter(|tenant| logo_file(tenant).is_some_and(|name| name == file));
    let Some(logo) = tenant.as_ref().and_then(|tenant| tenant.brand.logo.as_ref()) else {
        return Problem::NotFound.into_response();
    };
    let media_type = match logo.picture {
        Picture::Png => "image/png",
        Picture::Svg => "image/svg+xml",
    };
    let mut response = ([(CONTENT_TYPE, media_type)], logo.bytes.to_vec()).into_response();
    response.extensions_mut().insert(Allow { keep: true, picture: true, ..Allow::default() });
    response
}

fn answer(asset: Asset, keep: bool) -> Response {
    let mut response = ([(CONTENT_TYPE, asset.media_type())], asset.file().2).into_response();
    response.extensions_mut().insert(Allow { keep, ..Allow::default() });
    response
}
