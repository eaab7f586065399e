//! Where a service is, and under which region and name requests to it are signed.

use smol_str::SmolStr;

use crate::config::{Config, Profiles};
use crate::model::{self, Service};

/// Where a service is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// `https` or `http`.
    pub scheme: String,
    /// Host, with the port where it is not the scheme's own.
    pub host: String,
    /// What stands before every path, without a slash at its end.
    pub path: String,
    /// The region of signatures.
    pub region: SmolStr,
    /// Whether a user set it, rather than AWS.
    pub custom: bool,
}

impl Endpoint {
    /// An address that a user set.
    fn custom(url: &str, region: &str) -> Result<Self, String> {
        let (scheme, rest) = url.split_once("://").ok_or_else(|| {
            format!("Invalid endpoint {url}: it must begin with http:// or https://")
        })?;
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        if host.is_empty() || !matches!(scheme, "http" | "https") {
            return Err(format!("Invalid endpoint {url}"));
        }
        let path = path.trim_end_matches('/');
        let path = if path.is_empty() { String::new() } else { format!("/{path}") };
        let standard = if scheme == "https" { ":443" } else { ":80" };
        let host = host.strip_suffix(standard).unwrap_or(host).to_owned();
        Ok(Self { scheme: scheme.to_owned(), host, path, region: region.into(), custom: true })
    }

    /// The address without a path.
    pub fn url(&self) -> String {
        format!("{}://{}{}", self.scheme, self.host, self.path)
    }
}

/// Finds a service's endpoint in the order the SDKs have: what the program passes in, the
/// environment, the profile, AWS's own.
pub fn resolve(
    service: &Service,
    region: &str,
    config: &Config,
    profiles: &Profiles,
) -> Result<Endpoint, String> {
    match configured(service, config, profiles) {
        Some(url) => Endpoint::custom(url, region),
        None => Ok(of_aws(service, region)),
    }
}

fn configured<'a>(
    service: &Service,
    config: &'a Config,
    profiles: &'a Profiles,
) -> Option<&'a str> {
    if let Some(url) = config.endpoints.get(service.name.as_str()).or(config.endpoint.as_ref()) {
        return Some(url);
    }
    let ignored = config.setting(
        profiles,
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
        "ignore_configured_endpoint_urls",
    );
    if ignored.is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        return None;
    }
    let id = service.id.replace([' ', '-'], "_");
    config
        .var(&format!("AWS_ENDPOINT_URL_{}", id.to_ascii_uppercase()))
        .or_else(|| config.var("AWS_ENDPOINT_URL"))
        .or_else(|| profiles.service_endpoint(&id.to_ascii_lowercase()))
        .or_else(|| profiles.chosen().get("endpoint_url"))
}

/// AWS's own endpoint: `{prefix}.{region}.{suffix}` unless the model names another host, which
/// it does as `host` or `host signing-region`.
fn of_aws(service: &Service, region: &str) -> Endpoint {
    let partition = model::partition_of(region);
    let suffix = partition.map_or("amazonaws.com", |partition| partition.dns_suffix.as_str());
    let special = service
        .endpoints
        .get(region)
        .or_else(|| partition.and_then(|partition| service.endpoints.get(&partition.name)));
    let (host, signed) = match special {
        Some(special) => {
            let (host, signed) = special.split_once(' ').unwrap_or((special, region));
            (host.replace("{region}", region), signed)
        }
        None => (format!("{}.{region}.{suffix}", service.endpoint_prefix), region),
    };
    Endpoint {
        scheme: "https".to_owned(),
        host,
        path: String::new(),
        region: signed.into(),
        custom: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(service: &str, region: &str) -> String {
        let service = model::service(service).unwrap();
        let found = of_aws(&service, region);
        format!("{} {}", found.host, found.region)
    }

    #[test]
    fn hosts_of_aws() {
        assert_eq!(host("dynamodb", "eu-west-1"), "dynamodb.eu-west-1.amazonaws.com eu-west-1");
        assert_eq!(host("iam", "eu-west-1"), "iam.amazonaws.com us-east-1");
        assert_eq!(host("iam", "cn-northwest-1"), "iam.cn-north-1.amazonaws.com.cn cn-north-1");
        assert_eq!(host("sts", "us-east-1"), "sts.us-east-1.amazonaws.com us-east-1");
        assert_eq!(host("route53", "eu-west-1"), "route53.amazonaws.com us-east-1");
        assert_eq!(host("sfn", "cn-north-1"), "states.cn-north-1.amazonaws.com.cn cn-north-1");
        assert_eq!(host("s3", "us-gov-west-1"), "s3.us-gov-west-1.amazonaws.com us-gov-west-1");
    }

    #[test]
    fn overrides_in_order() {
        let service = model::service("cloudwatchlogs").unwrap();
        let files = "[default]\nservices = l\nendpoint_url = http://f\n[services l]\n\
                     cloudwatch_logs =\n  endpoint_url = http://s\n";
        let profiles = Profiles::parse(files, "", "default");
        let mut config = Config::default();
        let found =
            |config: &Config| resolve(&service, "us-east-1", config, &profiles).unwrap().url();
        assert_eq!(found(&config), "http://s");
        config.environment.insert("AWS_ENDPOINT_URL".into(), "http://e:80/".into());
        assert_eq!(found(&config), "http://e");
        config.environment.insert("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS".into(), "http://l:1".into());
        assert_eq!(found(&config), "http://l:1");
        let ignore = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS";
        config.environment.insert(ignore.into(), "true".into());
        assert_eq!(found(&config), "https://logs.us-east-1.amazonaws.com");
        config.endpoints.insert("cloudwatchlogs".into(), "https://p/base/".into());
        assert_eq!(found(&config), "https://p/base");
        config.endpoints.insert("cloudwatchlogs".into(), "p:80".into());
        assert!(resolve(&service, "us-east-1", &config, &profiles).is_err());
    }
}
