//! Who is answered, and what a page may do.

use std::net::IpAddr;
use std::sync::{Arc, LazyLock};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// No script but the report's own, no request to anywhere, no frame around it.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let policy = format!(
        "default-src 'none'; style-src 'unsafe-inline'; script-src '{}'; img-src data:; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'",
        report::SCRIPT_HASH
    );
    // A hash has plain letters only; without a policy that can be sent, nothing may run at all.
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
});

/// The host names that are answered to.
pub(crate) struct Hosts(Vec<String>);

impl Hosts {
    pub(crate) fn new(named: &[String], address: IpAddr) -> Self {
        let mut hosts = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "[::1]".to_owned()];
        if !address.is_unspecified() {
            hosts.push(if address.is_ipv6() { format!("[{address}]") } else { address.to_string() });
        }
        hosts.extend(named.iter().map(|host| host.to_lowercase()));
        Self(hosts)
    }

    /// A request without a host, or with another one, may come from a page elsewhere.
    fn know(&self, headers: &HeaderMap) -> bool {
        let Some(host) = headers.get(header::HOST).and_then(|host| host.to_str().ok()) else { return false };
        let port = |tail: &str| !tail.is_empty() && tail.bytes().all(|byte| byte.is_ascii_digit());
        let name = host.rsplit_once(':').filter(|(_, tail)| port(tail)).map_or(host, |(name, _)| name);
        self.0.iter().any(|known| name.eq_ignore_ascii_case(known))
    }
}

pub(crate) async fn guard(State(hosts): State<Arc<Hosts>>, request: Request, next: Next) -> Response {
    if !hosts.know(request.headers()) {
        let words =
            "this server does not answer to that host name; start it with --allow-host to change that\n";
        return (StatusCode::MISDIRECTED_REQUEST, words).into_response();
    }
    let mut response = next.run(request).await;
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, POLICY.clone());
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

const HEADERS: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::CACHE_CONTROL, "no-store"),
];

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn check(named: &[&str], host: &str, expect: bool) {
        let named: Vec<String> = named.iter().map(|name| (*name).to_owned()).collect();
        let hosts = Hosts::new(&named, IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_str(host).unwrap());
        assert_eq!(hosts.know(&headers), expect, "{host}");
    }

    #[test]
    fn hosts_are_known_with_and_without_a_port() {
        check(&[], "127.0.0.1:8000", true);
        check(&[], "LOCALHOST", true);
        check(&[], "[::1]:9", true);
        check(&[], "evil.example:8000", false);
        check(&[], "localhost.evil.example", false);
        check(&[], "", false);
        check(&["gpu-box"], "gpu-box:8000", true);
        assert!(!Hosts::new(&[], IpAddr::V4(Ipv4Addr::LOCALHOST)).know(&HeaderMap::new()));
    }
}
