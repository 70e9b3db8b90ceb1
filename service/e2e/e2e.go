// Package e2e holds the black-box tests of the service: the real binary, over
// HTTP, on an embedded Astra, with a token that may do no more than the
// service needs. They hold it to the contract of the KillrVideo API; how the
// service is made is irrelevant to them.
package e2e
