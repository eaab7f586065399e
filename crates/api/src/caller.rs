//! Who calls: account and region from the signature's credential scope. Signatures are not checked.

/// The account and region of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller<'a> {
    /// The account, 12 digits.
    pub account: &'a str,
    /// The region.
    pub region: &'a str,
    /// The access key id, if the request is signed.
    pub access_key: Option<&'a str>,
}

/// Longest region name that is believed; ours.
const REGION_CHARS: usize = 32;
const ACCOUNT_DIGITS: usize = 12;

impl<'a> Caller<'a> {
    /// Reads the `Authorization` header. The region is the signature's; the account is the access
    /// key id if that has the form of an account, as AWS emulators do it; the defaults stand in
    /// for what is missing.
    pub fn new(authorization: Option<&'a str>, account: &'a str, region: &'a str) -> Self {
        let unsigned = Self { account, region, access_key: None };
        let Some(scope) = authorization.and_then(credential) else { return unsigned };
        // <access key>/<date>/<region>/<service>/aws4_request; an access key may hold slashes.
        let mut parts = scope.rsplitn(5, '/').skip(2);
        let (signed_region, _date, key) = (parts.next(), parts.next(), parts.next());
        let key = key.filter(|key| !key.is_empty());
        Self {
            account: key.filter(|key| is_account(key)).unwrap_or(account),
            region: signed_region.filter(|region| is_region(region)).unwrap_or(region),
            access_key: key,
        }
    }
}

fn credential(authorization: &str) -> Option<&str> {
    let (_, rest) = authorization.split_once("Credential=")?;
    rest.split([',', ' ']).next()
}

fn is_account(key: &str) -> bool {
    key.len() == ACCOUNT_DIGITS && key.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_region(region: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=REGION_CHARS).contains(&region.len()) && region.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(authorization: Option<&str>) -> (&str, &str) {
        let caller = Caller::new(authorization, "123456789012", "us-east-1");
        (caller.account, caller.region)
    }

    #[test]
    fn the_scope_decides() {
        let signed = |scope: &str| {
            format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0")
        };
        let defaults = ("123456789012", "us-east-1");
        let text = signed("AKIA/20260101/eu-west-1/states/aws4_request");
        assert_eq!(caller(Some(&text)), ("123456789012", "eu-west-1"));
        let text = signed("000000000001/20260101/eu-west-1/states/aws4_request");
        assert_eq!(caller(Some(&text)), ("000000000001", "eu-west-1"));
        let text = signed("A/K/20260101/ap-south-1/states/aws4_request");
        assert_eq!(caller(Some(&text)), ("123456789012", "ap-south-1"));
        let text = signed("AKIA/20260101/'; DROP/states/aws4_request");
        assert_eq!(caller(Some(&text)), defaults);
        assert_eq!(caller(Some("Bearer x")), defaults);
        assert_eq!(caller(Some("Credential=")), defaults);
        assert_eq!(caller(None), defaults);
    }
}
