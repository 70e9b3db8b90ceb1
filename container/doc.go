// Package container tests the production image with a real container engine:
// it builds the Dockerfile, looks at what came out, and runs it as production
// would. It holds no product code; what makes a laptop's compose project ready
// is the command below prepare.
package container
