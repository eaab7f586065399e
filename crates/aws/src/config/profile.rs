//! AWS's shared files: `~/.aws/config` and `~/.aws/credentials`.

use std::collections::HashMap;
use std::path::Path;

/// A section's keys; a nested key is `parent.key`.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    keys: HashMap<String, String>,
}

impl Profile {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.keys.get(key).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Whether nothing is set.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}

/// The profiles and `services` sections of both files.
#[derive(Clone, Debug, Default)]
pub struct Profiles {
    profiles: HashMap<String, Profile>,
    services: HashMap<String, Profile>,
    chosen: String,
    none: Profile,
}

impl Profiles {
    /// Reads both files; one that is missing or unreadable has no sections.
    pub fn read(config: Option<&Path>, credentials: Option<&Path>, chosen: &str) -> Self {
        let text = |path: Option<&Path>| {
            path.and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default()
        };
        Self::parse(&text(config), &text(credentials), chosen)
    }

    /// Reads the texts of both files. Where both set a key, the credentials file wins.
    pub fn parse(config: &str, credentials: &str, chosen: &str) -> Self {
        let mut all = Self { chosen: chosen.to_owned(), ..Self::default() };
        for (header, keys) in sections(config) {
            let mut words = header.split_whitespace();
            let (kind, name) = (words.next().unwrap_or_default(), words.next());
            match (kind, name) {
                ("profile", Some(name)) => all.profile(name).keys.extend(keys),
                ("services", Some(name)) => {
                    all.services.entry(name.to_owned()).or_default().keys.extend(keys);
                }
                (name, None) => all.profile(name).keys.extend(keys),
                _ => {}
            }
        }
        for (header, keys) in sections(credentials) {
            all.profile(&header).keys.extend(keys);
        }
        all
    }

    fn profile(&mut self, name: &str) -> &mut Profile {
        self.profiles.entry(name.to_owned()).or_default()
    }

    /// The profile in use.
    pub fn chosen(&self) -> &Profile {
        self.get(&self.chosen).unwrap_or(&self.none)
    }

    /// The name of the profile in use.
    pub fn chosen_name(&self) -> &str {
        &self.chosen
    }

    /// A profile by name.
    pub fn get(&self, name: &str) -> Option<&Profile> {
        self.profiles.get(name)
    }

    /// The endpoint that the profile's `services` section sets for a service (`dynamodb`,
    /// `cloudwatch_logs`).
    pub fn service_endpoint(&self, id: &str) -> Option<&str> {
        let section = self.services.get(self.chosen().get("services")?)?;
        section.get(&format!("{id}.endpoint_url"))
    }
}

/// The sections of an INI text with AWS's nesting: an indented `key = value` belongs to the key
/// above it that has no value.
fn sections(text: &str) -> Vec<(String, HashMap<String, String>)> {
    let mut out: Vec<(String, HashMap<String, String>)> = Vec::new();
    let mut parent = String::new();
    for line in text.lines() {
        let bare = line.trim();
        if bare.is_empty() || bare.starts_with(['#', ';']) {
            continue;
        }
        if let Some(header) = bare.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            out.push((header.trim().to_owned(), HashMap::new()));
            parent.clear();
            continue;
        }
        let Some((_, keys)) = out.last_mut() else { continue };
        let Some((key, value)) = bare.split_once('=') else { continue };
        let (key, value) = (key.trim(), value.trim());
        let value = value.split(" #").next().unwrap_or_default();
        let value = value.split(" ;").next().unwrap_or_default().trim();
        if line.starts_with(char::is_whitespace) && !parent.is_empty() {
            keys.insert(format!("{parent}.{key}"), value.to_owned());
        } else {
            parent = if value.is_empty() { key.to_owned() } else { String::new() };
            keys.insert(key.to_owned(), value.to_owned());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_files() {
        let config = "\
[default]
region = eu-west-1 # here
[profile work]
services = local
role_arn=arn:aws:iam::1:role/R
s3 =
    addressing_style = path
[services local]
dynamodb =
  endpoint_url = http://localhost:8000
cloudwatch_logs =
  endpoint_url = http://localhost:9000
";
        let credentials = "[work]\naws_access_key_id = A\n; note\n[default]\nregion = x\n";
        let all = Profiles::parse(config, credentials, "work");
        assert_eq!(all.chosen().get("role_arn"), Some("arn:aws:iam::1:role/R"));
        assert_eq!(all.chosen().get("aws_access_key_id"), Some("A"));
        assert_eq!(all.chosen().get("s3.addressing_style"), Some("path"));
        assert_eq!(all.service_endpoint("dynamodb"), Some("http://localhost:8000"));
        assert_eq!(all.service_endpoint("cloudwatch_logs"), Some("http://localhost:9000"));
        assert_eq!(all.service_endpoint("s3"), None);
        assert_eq!(all.get("default").unwrap().get("region"), Some("x"));
    }
}
