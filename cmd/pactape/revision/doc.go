// Package revision finds out what is being built: the commit, its branch and
// the address of the build. The variables of a CI system go first, since what
// it checks out is seldom on a branch; then git is asked.
//
// # What it is not for
//
// It reads no flags, and it changes nothing. A working tree with changes that
// are not committed is the commit that it is based upon.
package revision
