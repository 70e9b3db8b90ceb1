//go:build race

package astratest

const raceDetector = true
