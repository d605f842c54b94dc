//! The aludel command line, as a library and as a command
