//! Where a password comes from that the URL leaves out, as libpq finds it: `PGPASSWORD`, or a password file.

use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use tokio_postgres::Config;
use tokio_postgres::config::Host;

use crate::place::port;

/// The folders in which servers of this machine keep their socket unless told otherwise: for a password file, that is
/// `localhost`.
const USUAL_SOCKETS: [&str; 3] = ["/tmp", "/run/postgresql", "/var/run/postgresql"];

/// A variable of the environment.
type Variable<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// What was found.
#[derive(Default)]
#[cfg_attr(test, derive(Debug, PartialEq))]
pub(crate) struct Found {
    pub(crate) password: Option<Vec<u8>>,
    /// Where it comes from, or why there is none, for whoever is turned away.
    pub(crate) note: Option<String>,
}

/// Who wants to be let in, and where: what the lines of a password file begin with.
struct Login {
    host: String,
    port: String,
    database: String,
    user: String,
}

impl Login {
    fn of(config: &Config, variable: Variable<'_>) -> Self {
        let host = match config.get_hosts().first() {
            Some(Host::Tcp(host)) => host.clone(),
            #[cfg(unix)]
            Some(Host::Unix(folder)) if !USUAL_SOCKETS.iter().any(|usual| folder == Path::new(usual)) => {
                folder.display().to_string()
            }
            _ => "localhost".to_owned(),
        };
        // The one that logs in where none is named.
        let system =
            || ["USER", "LOGNAME", "USERNAME"].iter().find_map(|name| variable(name)?.into_string().ok());
        let user = config.get_user().map(str::to_owned).or_else(system).unwrap_or_default();
        Login {
            host,
            port: port(config).to_string(),
            database: config.get_dbname().unwrap_or(&user).to_owned(),
            user,
        }
    }
}

/// Looks for the password of a configuration that has none. `passfile` is the option of the URL.
pub(crate) fn find(config: &Config, passfile: Option<&Path>, variable: Variable<'_>) -> Found {
    let given = |name: &str| variable(name).filter(|value| !value.is_empty());
    if let Some(password) = given("PGPASSWORD") {
        let note = Some("the password is that of the variable `PGPASSWORD`".to_owned());
        return Found { password: Some(password.into_encoded_bytes()), note };
    }
    let named = passfile.map(Path::to_owned).or_else(|| given("PGPASSFILE").map(PathBuf::from));
    let usual = || {
        Some(if cfg!(windows) {
            PathBuf::from(given("APPDATA")?).join("postgresql").join("pgpass.conf")
        } else {
            PathBuf::from(given("HOME")?).join(".pgpass")
        })
    };
    match named.or_else(usual) {
        Some(path) => in_file(&path, &Login::of(config, variable)),
        None => Found::default(),
    }
}

fn in_file(path: &Path, login: &Login) -> Found {
    let shown = path.display();
    match read(path) {
        Ok(Some(contents)) => {
            match contents.split(|byte| *byte == b'\n').find_map(|line| password(line, login)) {
                Some(password) => Found {
                    password: Some(password),
                    note: Some(format!("the password is that of the password file `{shown}`")),
                },
                None => Found {
                    password: None,
                    note: Some(format!("no line of the password file `{shown}` is for this login")),
                },
            }
        }
        Ok(None) => Found::default(),
        Err(reason) => {
            let note = format!("the password file `{shown}` was not read: {reason}");
            #[cfg(feature = "tracing")]
            tracing::warn!(target: "aludel", "{note}");
            Found { password: None, note: Some(note) }
        }
    }
}

/// `None` where there is no such file, as on most machines.
fn read(path: &Path) -> Result<Option<Vec<u8>>, String> {
    let about = match fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        about => about.map_err(|error| error.to_string())?,
    };
    if !about.is_file() {
        return Err("it is no file".into());
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if about.permissions().mode() & 0o077 != 0 {
            return Err("others than its owner may read or change it (`chmod 600` helps)".into());
        }
    }
    fs::read(path).map(Some).map_err(|error| error.to_string())
}

/// The password of a line, `host:port:database:user:password`, where it is for this login.
fn password(line: &[u8], login: &Login) -> Option<Vec<u8>> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.starts_with(b"#") {
        return None;
    }
    let mut rest = line;
    for wanted in [&login.host, &login.port, &login.database, &login.user] {
        let (field, any, behind) = field(rest);
        if !any && field != wanted.as_bytes() {
            return None;
        }
        rest = behind?;
    }
    let (password, _, _) = field(rest);
    Some(password)
}

/// The first field, whether it is `*`, and what stands behind its colon.
fn field(line: &[u8]) -> (Vec<u8>, bool, Option<&[u8]>) {
    let mut field = Vec::new();
    let mut rest = line;
    loop {
        rest = match rest {
            [] => return (field, line == b"*", None),
            [b':', behind @ ..] => return (field, line.starts_with(b"*:"), Some(behind)),
            [b'\\', byte, behind @ ..] | [byte, behind @ ..] => {
                field.push(*byte);
                behind
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(host: &str, port: &str, database: &str, user: &str) -> Login {
        let [host, port, database, user] = [host, port, database, user].map(str::to_owned);
        Login { host, port, database, user }
    }

    #[test]
    fn lines_are_for_logins() {
        let shop = login("db.example.org", "5432", "shop", "till");
        for (line, expected) in [
            ("db.example.org:5432:shop:till:secret", Some("secret")),
            ("*:*:*:*:secret", Some("secret")),
            ("*:*:shop:*:secret\r", Some("secret")),
            ("*:*:*:*:a\\:b\\\\c", Some("a:b\\c")),
            ("*:*:*:*:a:b", Some("a")),
            ("*:*:*:*:end\\", Some("end\\")),
            ("*:*:*:*:", Some("")),
            ("db.example.org:5433:shop:till:secret", None),
            ("db.example:5432:shop:till:secret", None),
            ("db.example.org.:5432:shop:till:secret", None),
            ("d*:5432:shop:till:secret", None),
            ("\\*:5432:shop:till:secret", None),
            ("#*:*:*:*:secret", None),
            ("*:*:*:*", None),
            ("", None),
        ] {
            let found = password(line.as_bytes(), &shop).map(|found| String::from_utf8(found).unwrap());
            assert_eq!(found.as_deref(), expected, "{line}");
        }
        let strange = login("::1", "5432", "a\\b", "*");
        assert_eq!(password(b"\\:\\:1:5432:a\\\\b:\\*:x", &strange), Some(b"x".to_vec()));
        assert_eq!(password(b"::1:5432:a\\\\b:\\*:x", &strange), None);
    }

    #[test]
    fn what_a_login_leaves_out_is_what_is_used_then() {
        let user = |name: &str| (name == "USER").then(|| OsString::from("me"));
        let of = |config: &Config| {
            let Login { host, port, database, user } = Login::of(config, &user);
            [host, port, database, user]
        };
        let mut config = Config::new();
        assert_eq!(of(&config), ["localhost", "5432", "me", "me"]);
        config.host("one").port(6432).user("till");
        assert_eq!(of(&config), ["one", "6432", "till", "till"]);
        #[cfg(unix)]
        for (folder, host) in [("/var/run/postgresql", "localhost"), ("/srv/socket", "/srv/socket")] {
            let mut config = Config::new();
            config.host(folder);
            assert_eq!(of(&config)[0], host);
        }
    }

    #[cfg(unix)]
    #[test]
    fn files_are_found_and_have_to_be_ones_own() {
        use std::os::unix::fs::PermissionsExt;

        let folder = std::env::temp_dir().join(format!("aludel-passwords-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let write = |name: &str, password: &str, mode: u32| {
            let path = folder.join(name);
            fs::write(&path, format!("# ours\nelsewhere:*:*:*:no\n*:*:*:*:{password}\n")).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            path
        };
        let named = write("named", "by option", 0o600);
        let variable = write("variable", "by variable", 0o400);
        write(".pgpass", "at home", 0o600);
        let open = write("open", "for all to see", 0o640);
        let missing = folder.join("missing");
        let found = |set: &[(&str, &Path)], passfile: Option<&Path>| {
            let value = |name: &str| {
                let known = set.iter().find(|(known, _)| *known == name);
                known.map(|(_, value)| value.as_os_str().to_owned())
            };
            let found = find(&Config::new(), passfile, &value);
            (found.password.map(|found| String::from_utf8(found).unwrap()), found.note.unwrap_or_default())
        };
        let home = ("HOME", folder.as_path());
        let word = ("PGPASSWORD", Path::new("a word"));
        let file = ("PGPASSFILE", variable.as_path());
        for (set, passfile, expected) in [
            (&[][..], None, None),
            (&[home], None, Some("at home")),
            (&[home, file], None, Some("by variable")),
            (&[home, file], Some(named.as_path()), Some("by option")),
            (&[home, file, word], Some(named.as_path()), Some("a word")),
            (&[home, ("PGPASSWORD", Path::new(""))], None, Some("at home")),
            (&[home], Some(missing.as_path()), None),
        ] {
            assert_eq!(found(set, passfile).0.as_deref(), expected, "{set:?} {passfile:?}");
        }
        let (password, note) = found(&[], Some(&open));
        assert!(password.is_none() && note.contains("chmod 600") && note.contains("open"), "{note}");
        let (password, note) = found(&[], Some(&folder));
        assert!(password.is_none() && note.contains("it is no file"), "{note}");
        fs::remove_dir_all(&folder).unwrap();
    }
}
