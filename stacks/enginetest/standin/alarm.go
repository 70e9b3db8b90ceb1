package standin

// alarm is an alarm of AWS that ends a deployment after its tasks run.
type alarm struct {
	before  running
	watched int  // questions that are still answered with a deployment under way
	armed   bool // for the next deployment
	failed  string
}

// Alarm makes the next deployment go back once it was asked about, after the
// provider has called the service steady.
func (c *Cloud) Alarm() { c.locked(func() { c.alarm.armed = true }) }

// takeOver notes what served before a deployment. The cloud's lock is held.
func (a *alarm) takeOver(before running) {
	a.failed = ""
	if a.armed && before.revision != "" {
		a.armed, a.before, a.watched = false, before, 2
	}
}

// watch is how the deployments of the service stand at a question. The cloud's lock
// is held.
func (c *Cloud) watch() []body {
	switch {
	case c.alarm.watched > 0:
		c.alarm.watched--
		return []body{{"status": "PRIMARY", "taskDefinition": c.serving.task, "rolloutState": "IN_PROGRESS"}}
	case c.alarm.before.revision != "":
		failed, before := c.serving.task, c.alarm.before
		c.alarm.before = running{}
		c.serve(before)
		c.alarm.failed = failed
	}
	all := []body{{"status": "PRIMARY", "taskDefinition": c.serving.task, "rolloutState": "COMPLETED"}}
	if c.alarm.failed != "" {
		all = append(all, body{
			"status": "INACTIVE", "taskDefinition": c.alarm.failed, "rolloutState": "FAILED",
			"rolloutStateReason": "ECS deployment alarm detected: killrvideo-failing-dev.",
		})
	}
	return all
}
