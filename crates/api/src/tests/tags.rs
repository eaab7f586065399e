//! Tags, as recorded (`test_sfn_api_tagging`) or measured.

use super::*;

#[tokio::test]
async fn tags_come_and_go() {
    let server = Server::start().await;
    let machine =
        server.machine("m", PASS, r#","publish":true,"tags":[{"key":"k1","value":""}]"#).await;
    let of = |arn: &str, more: &str| format!(r#"{{"resourceArn":"{arn}"{more}}}"#);
    let tags = async || server.ok("ListTagsForResource", &of(&machine, "")).await.to_json();
    assert_eq!(tags().await, r#"{"tags":[{"key":"k1","value":""}]}"#);
    server.ok("TagResource", &of(&machine, r#","tags":[]"#)).await;
    server
        .ok(
            "TagResource",
            &of(&machine, r#","tags":[{"key":"K1","value":"b"},{"key":"k1","value":"c"}]"#),
        )
        .await;
    assert_eq!(tags().await, r#"{"tags":[{"key":"k1","value":"c"},{"key":"K1","value":"b"}]}"#);
    server.ok("UntagResource", &of(&machine, r#","tagKeys":["k1","k1","none"]"#)).await;
    assert_eq!(tags().await, r#"{"tags":[{"key":"K1","value":"b"}]}"#);
    let version = format!("{machine}:1");
    let refused =
        server.fails("TagResource", &of(&version, r#","tags":[{"key":"a","value":"b"}]"#)).await;
    assert_eq!(refused, fault("ResourceNotFound", format!("Resource not found: '{version}'")));
    assert_eq!(
        server.ok("ListTagsForResource", &of(&version, "")).await.to_json(),
        r#"{"tags":[]}"#
    );
    let reserved = server
        .fails("TagResource", &of(&machine, r#","tags":[{"key":"aws:x","value":"b"}]"#))
        .await;
    assert_eq!(reserved.0, "AccessDeniedException");
    let many: Vec<_> = (0..50).map(|key| format!(r#"{{"key":"n{key}","value":""}}"#)).collect();
    let over = server
        .fails("TagResource", &of(&machine, &format!(r#","tags":[{}]"#, many.join(","))))
        .await;
    assert_eq!(over.0, "TooManyTags");
}
