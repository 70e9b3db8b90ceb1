// Package scanners has Checkov judge all that is deployed: the reviewed plans,
// rendered as Terraform and as Kubernetes objects, the Dockerfiles and the
// workflows. waivers.yaml lists the checks that fail on purpose. It contains
// tests only; our own rules belong in the parent package.
package scanners
