// Package mustache renders Mustache templates as MockServer 7 does, which is
// as jmustache does: names with dots also number the items of a list
// ("headers.Host.0"), what is missing is empty, empty text and zero are false,
// a section may be a function of its text, and -first, -last and -index tell
// where in a list one is. As there, {{name}} is escaped for HTML and {{{name}}}
// and {{&name}} are not.
//
// [Parse] makes a [Template] once; [Template.Render] renders it any number of
// times, at the same time too. What a rendering costs is bounded: in output,
// in steps, in nesting.
//
// # What it is not for
//
// It knows nothing of requests: the names are given by [Scope]s. There are no
// partials: nothing is read from anywhere.
//
// # Design
//
// The libraries there are for Go look a name up by reflection and call what
// they find, have no numbers of items, know no bound on time or output, or
// read partials from files.
package mustache
