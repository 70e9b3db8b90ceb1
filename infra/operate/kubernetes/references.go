package kubernetes

import corev1 "k8s.io/api/core/v1"

// references are the objects that something refers to, as KIND/NAME.
type references map[string]bool

func (r references) secret(name string) { r[secret.name+"/"+name] = true }

func (r references) config(name string) { r[config.name+"/"+name] = true }

func (r references) pulls(from []corev1.LocalObjectReference) {
	for _, named := range from {
		r.secret(named.Name)
	}
}

// pod adds what a pod reads when it starts or while it runs.
func (r references) pod(spec corev1.PodSpec) {
	r.pulls(spec.ImagePullSecrets)
	for _, c := range append(append([]corev1.Container{}, spec.InitContainers...), spec.Containers...) {
		for _, from := range c.EnvFrom {
			if from.SecretRef != nil {
				r.secret(from.SecretRef.Name)
			}
			if from.ConfigMapRef != nil {
				r.config(from.ConfigMapRef.Name)
			}
		}
		for _, variable := range c.Env {
			if from := variable.ValueFrom; from != nil && from.SecretKeyRef != nil {
				r.secret(from.SecretKeyRef.Name)
			} else if from != nil && from.ConfigMapKeyRef != nil {
				r.config(from.ConfigMapKeyRef.Name)
			}
		}
	}
	for _, volume := range spec.Volumes {
		if volume.Secret != nil {
			r.secret(volume.Secret.SecretName)
		}
		if volume.ConfigMap != nil {
			r.config(volume.ConfigMap.Name)
		}
		if volume.Projected == nil {
			continue
		}
		for _, source := range volume.Projected.Sources {
			if source.Secret != nil {
				r.secret(source.Secret.Name)
			}
			if source.ConfigMap != nil {
				r.config(source.ConfigMap.Name)
			}
		}
	}
}
