// Package killrvideo is the domain: users, videos, comments, ratings and flags, their
// rules, and the interfaces of the repositories and services that they need.
//
// It imports no other package of this project and knows neither HTTP nor Astra. Each
// rule is in this package alone, and is tested without starting anything.
package killrvideo
