// Package mustache renders Mustache templates as MockServer 7 does, which is
// as jmustache does: names with dots also number the items of a list
// ("headers.Host.0"), what is missing is empty, empty text and what is less
// than one are false, a section may be a function of its text, and -first,
// -last and -index tell where in a list one is. As there, {{name}} is escaped
// for HTML and {{{name}}} and {{&name}} are not, {{$block}} is its content, and
// what begins like a tag and does not end is text.
//
// Values have what their kinds have in Java and needs no arguments:
// "path.length", "path.toUpperCase", "headers.Accept.size", "statusCode.doubleValue".
// They are named one by one: there is no reflection.
//
// [Parse] makes a [Template] once; [Template.Render] renders it any number of
// times, at the same time too. What a rendering costs is bounded: in output,
// in steps, in nesting, in time.
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
