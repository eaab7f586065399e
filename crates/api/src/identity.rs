//! STS GetCallerIdentity, in STS's own protocol: tools ask for it before anything else.

use crate::caller::Caller;

/// Whether a form asks for the caller's identity.
pub fn is_asked(form: &[u8]) -> bool {
    form.split(|byte| *byte == b'&').any(|field| field == b"Action=GetCallerIdentity")
}

/// The answer.
pub fn answer(caller: Caller<'_>, request_id: &str) -> String {
    let Caller { account, region, access_key } = caller;
    let partition = runtime::arn::partition(region);
    let user: String =
        access_key.unwrap_or(account).chars().filter(char::is_ascii_alphanumeric).collect();
    format!(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
         <GetCallerIdentityResult><Arn>arn:{partition}:iam::{account}:root</Arn>\
         <UserId>{user}</UserId><Account>{account}</Account></GetCallerIdentityResult>\
         <ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>\
         </GetCallerIdentityResponse>"
    )
}
