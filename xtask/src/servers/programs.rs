//! Where a server's programs are: on the path, or where distributions hide them.

use std::path::{Path, PathBuf};

/// Every folder that may hold a server's programs, the likeliest first.
pub(super) fn folders() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> =
        std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default();
    folders.extend(["/usr/sbin", "/usr/local/sbin", "/usr/bin", "/usr/local/bin"].map(PathBuf::from));
    folders.extend(versions(Path::new("/usr/lib/postgresql")));
    folders
}

/// Finds a program in the first folder that holds it.
pub(super) fn find(program: &str, folders: &[PathBuf]) -> Option<PathBuf> {
    folders.iter().map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// Debian keeps each major version of PostgreSQL in a folder of its own: the newest comes first.
fn versions(parent: &Path) -> Vec<PathBuf> {
    let mut numbers: Vec<u32> = std::fs::read_dir(parent)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    numbers.sort_by(|one, other| other.cmp(one));
    numbers.iter().map(|number| parent.join(number.to_string()).join("bin")).collect()
}
