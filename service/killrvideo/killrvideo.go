// Package killrvideo is the domain: what a user, a video and a page of a list
// are, the rules they obey, and the interfaces that storage and the outside
// world fill in.
//
// It imports nothing else of this project and knows neither HTTP nor Astra, so
// that a rule is written once, here, and tested without starting anything.
package killrvideo
