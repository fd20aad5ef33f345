//! Components and the lists that name them.

use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::check::schema;
use crate::{ConfigError, ConfigErrors, Content, parse};

/// A configuration struct that can build what it configures. Give every field but the indispensable ones a
/// default, and every field a doc comment: it is what `thinkmeter list` prints.
pub trait Component: Serialize + DeserializeOwned + JsonSchema {
    /// The word that selects it: `kind = "…"`.
    const KIND: &'static str;
    /// One line for `thinkmeter list`.
    const ABOUT: &'static str;
    /// Raised whenever the same configuration gives another result.
    const VERSION: u32 = 1;
    /// What it builds: `dyn` of the stage's trait.
    type Built: ?Sized;

    /// Builds it, and notes every text that it is made of beside its configuration. A fault's path is relative to the
    /// component's own table.
    fn build(self, content: &mut Content) -> Result<Box<Self::Built>, ConfigErrors>;

    /// Keys that say how the work is done but cannot change its result; they stay out of the fingerprint. A key of a
    /// table inside is written with a dot: `llm.retries`.
    const EXECUTION_KEYS: &'static [&'static str] = &[];
}

/// A built component and what it is.
pub struct Configured<T: ?Sized> {
    /// The component.
    pub built: Box<T>,
    /// Its kind.
    pub kind: &'static str,
    /// Kind, version, resolved configuration (defaults filled in) and content: what a fingerprint hashes.
    pub fingerprint_input: Value,
}

/// A key of a component's configuration, for `thinkmeter list`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its name.
    pub name: String,
    /// Its doc comment.
    pub about: String,
    /// Its default as JSON, if it has one.
    pub default: Option<String>,
    /// It must be given.
    pub required: bool,
}

/// A component in a registry.
pub struct Entry<T: ?Sized> {
    /// The word that selects it.
    pub kind: &'static str,
    /// One line about it.
    pub about: &'static str,
    schema: fn() -> Value,
    build: fn(&Value, &str) -> Result<Configured<T>, ConfigErrors>,
}

/// The entry of one component type.
pub const fn entry<C: Component + 'static>() -> Entry<C::Built> {
    Entry { kind: C::KIND, about: C::ABOUT, schema: schema::<C>, build: build::<C> }
}

fn build<C: Component>(table: &Value, path: &str) -> Result<Configured<C::Built>, ConfigErrors> {
    let config: C = parse(table, path)?;
    // Without all its keys a fingerprint would take two configurations for one.
    let mut resolved = serde_json::to_value(&config)
        .map_err(|error| ConfigError::new(path, format!("cannot be hashed: {error}")))?;
    prune(&mut resolved, C::EXECUTION_KEYS, "");
    let mut content = Content::default();
    let built = config.build(&mut content).map_err(|faults| prefixed(faults, path))?;
    // Manifests of older runs know the content by this key.
    let fingerprint_input = json!({
        "kind": C::KIND, "version": C::VERSION, "config": resolved, "ingredients": content,
    });
    Ok(Configured { built, kind: C::KIND, fingerprint_input })
}

/// Takes out what is not set and what only says how the work is done.
fn prune(table: &mut Value, execution: &[&str], path: &str) {
    let Some(keys) = table.as_object_mut() else { return };
    // Deeper down a null may be meant: in a request's body it is sent as one.
    keys.retain(|_, value| !path.is_empty() || !value.is_null());
    keys.retain(|key, _| !execution.contains(&format!("{path}{key}").as_str()));
    for (key, value) in keys {
        prune(value, execution, &format!("{path}{key}."));
    }
}

fn prefixed(faults: ConfigErrors, path: &str) -> ConfigErrors {
    let place = |own: &str| if own.is_empty() { path.to_owned() } else { format!("{path}.{own}") };
    ConfigErrors(
        faults.0.into_iter().map(|fault| ConfigError { path: place(&fault.path), ..fault }).collect(),
    )
}

/// All components of one trait.
pub struct Registry<T: ?Sized + 'static> {
    /// What its members are called, such as `splitter`.
    pub noun: &'static str,
    /// The kind where none is named; empty where one has to be.
    pub usual: &'static str,
    /// The members, sorted by kind.
    pub entries: &'static [Entry<T>],
}

impl<T: ?Sized> Registry<T> {
    /// A registry of components that are called `noun`.
    pub const fn new(noun: &'static str, entries: &'static [Entry<T>]) -> Self {
        Self { noun, usual: "", entries }
    }

    /// The same, with the kind where none is named.
    #[must_use]
    pub const fn usually(self, usual: &'static str) -> Self {
        Self { usual, ..self }
    }

    /// The table of the kind where none is named, with nothing but its defaults.
    pub fn usual_table(&self) -> Value {
        json!({"kind": self.usual})
    }

    /// The member with this kind.
    pub fn get(&self, kind: &str) -> Option<&'static Entry<T>> {
        self.entries.iter().find(|entry| entry.kind == kind)
    }

    /// The names of the keys that this kind knows.
    pub fn key_names(&self, kind: &str) -> Option<Vec<String>> {
        Some(self.get(kind)?.keys().into_iter().map(|key| key.name).collect())
    }

    /// The same of an item of a list, where a word stands for a table with this `kind`.
    pub fn build_named(&self, item: &Value, path: &str) -> Result<Configured<T>, ConfigErrors> {
        match item.as_str() {
            Some(kind) => self.build(&json!({"kind": kind}), path),
            None => self.build(item, path),
        }
    }

    /// Builds the component that `table` (with its `kind`) describes; `path` is the table's place.
    pub fn build(&self, table: &Value, path: &str) -> Result<Configured<T>, ConfigErrors> {
        let Some(keys) = table.as_object() else {
            return Err(ConfigError::new(
                path,
                format!("expected a table with the `kind` of the {}", self.noun),
            )
            .into());
        };
        let kinds: Vec<&str> = self.entries.iter().map(|entry| entry.kind).collect();
        let Some(kind) = keys.get("kind").and_then(Value::as_str) else {
            let known = format!("known: {}", kinds.join(", "));
            return Err(ConfigError::new(format!("{path}.kind"), "missing").hint(known).into());
        };
        let Some(entry) = self.get(kind) else {
            return Err(ConfigError::unknown(format!("{path}.kind"), self.noun, kind, &kinds).into());
        };
        let mut own = keys.clone();
        own.remove("kind");
        (entry.build)(&Value::Object(own), path)
    }
}

impl<T: ?Sized> Entry<T> {
    /// Its configuration has such a key: one that takes a `base_url` asks a server.
    pub fn takes(&self, key: &str) -> bool {
        self.keys().iter().any(|known| known.name == key)
    }

    /// The keys of its configuration.
    pub fn keys(&self) -> Vec<Key> {
        let schema = (self.schema)();
        let required: Vec<&str> = schema
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
        let key = |(name, property): (&String, &Value)| Key {
            name: name.clone(),
            about: property.get("description").and_then(Value::as_str).unwrap_or_default().replace('\n', " "),
            default: property.get("default").filter(|default| !default.is_null()).map(Value::to_string),
            required: required.contains(&name.as_str()),
        };
        properties.map(key).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};
    use serde_json::json;

    use super::*;

    trait Greeter {
        fn greet(&self) -> String;
    }

    /// Says hello.
    #[derive(Serialize, Deserialize, JsonSchema)]
    #[serde(default)]
    struct Hello {
        /// Whom to greet.
        whom: String,
        /// How loud.
        loud: bool,
        /// How many at once.
        threads: u32,
        /// Where to.
        post: Post,
    }

    /// How it is brought.
    #[derive(Clone, Default, Serialize, Deserialize, JsonSchema)]
    #[serde(default)]
    struct Post {
        /// The house.
        house: u32,
        /// How often to ring.
        rings: u32,
    }

    impl Default for Hello {
        fn default() -> Self {
            Self { whom: "world".into(), loud: false, threads: 1, post: Post::default() }
        }
    }

    impl Greeter for Hello {
        fn greet(&self) -> String {
            format!("hello {}", self.whom)
        }
    }

    impl Component for Hello {
        const KIND: &'static str = "hello";
        const ABOUT: &'static str = "says hello";
        const EXECUTION_KEYS: &'static [&'static str] = &["threads", "post.rings"];
        type Built = dyn Greeter;

        fn build(self, content: &mut Content) -> Result<Box<dyn Greeter>, ConfigErrors> {
            content.note("manners", "hello");
            if self.whom.is_empty() {
                return Err(ConfigError::new("whom", "must not be empty").into());
            }
            Ok(Box::new(self))
        }
    }

    static GREETERS: Registry<dyn Greeter> = Registry::new("greeter", &[entry::<Hello>()]);

    #[test]
    fn a_default_written_out_is_the_same_component_and_execution_keys_do_not_count() {
        let plain = GREETERS.build(&json!({"kind": "hello"}), "greet").unwrap();
        let spelled = json!({"kind": "hello", "whom": "world", "threads": 8, "post": {"rings": 2}});
        let spelled = GREETERS.build(&spelled, "greet").unwrap();
        assert_eq!(plain.fingerprint_input, spelled.fingerprint_input);
        let elsewhere = GREETERS.build(&json!({"kind": "hello", "post": {"house": 2}}), "greet").unwrap();
        assert_ne!(plain.fingerprint_input, elsewhere.fingerprint_input);
        assert_eq!(plain.fingerprint_input["ingredients"], json!({"manners": "hello"}));
        assert_eq!(plain.built.greet(), "hello world");
    }

    #[test]
    fn faults_name_the_place() {
        let check = |table, expect: &str| {
            let Err(faults) = GREETERS.build(&table, "greet") else { panic!("accepted {table}") };
            assert_eq!(faults.to_string(), expect);
        };
        check(json!({}), "greet.kind: missing (known: hello)");
        check(json!({"kind": "helo"}), "greet.kind: unknown greeter `helo` (did you mean `hello`?)");
        check(json!({"kind": "hello", "whom": ""}), "greet.whom: must not be empty");
        check(json!({"kind": "hello", "hwom": "x"}), "greet.hwom: unknown key `hwom` (did you mean `whom`?)");
    }

    #[test]
    fn keys_come_with_help_and_defaults() {
        let keys = GREETERS.get("hello").unwrap().keys();
        let whom = keys.iter().find(|key| key.name == "whom").unwrap();
        assert_eq!((whom.about.as_str(), whom.default.as_deref()), ("Whom to greet.", Some("\"world\"")));
    }
}
