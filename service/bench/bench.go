// Package bench measures what an operator pays for the service: the size of
// the binary, the time from start to the first answer, and the memory of the
// idle process. Only benchmarks live here; the limits they hold are goals of
// the project, and going over one fails the benchmark.
package bench
