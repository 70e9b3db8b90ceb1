// Package bench measures what an operator pays for the service: the size of
// the binary, the time from start to the first answer, the memory of the idle
// process, and what requests cost on sample data of several sizes. Only
// benchmarks live here; the limits that the first three hold are goals of the
// project, and going over one fails the benchmark.
package bench
