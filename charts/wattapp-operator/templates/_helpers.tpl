{{- define "wattapp.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 52 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 52 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "wattapp.selectorLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "wattapp.labels" -}}
{{ include "wattapp.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "wattapp.image" -}}
{{- if .Values.image.digest }}{{ .Values.image.repository }}@{{ .Values.image.digest }}{{ else }}{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}

{{/* What the operator may do with apps and what it makes of them; in a ClusterRole, or in a Role for each watched namespace. */}}
{{- define "wattapp.rules" -}}
- apiGroups: [wattapp.dev]
  resources: [wattapps]
  verbs: [list, watch] # the apps; never written: their spec is the user's
- apiGroups: [wattapp.dev]
  resources: [wattapps/status]
  verbs: [patch] # what became of them, by server-side apply
- apiGroups: [wattapp.dev]
  resources: [wattapps/finalizers]
  verbs: [update] # an owner reference that blocks deletion asks for it (OwnerReferencesPermissionEnforcement)
- apiGroups: [apps]
  resources: [deployments]
  # get: is there one of that name that is another's? list, watch: hand edits, the roll's progress; create, patch: apply; delete: prune
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [""]
  resources: [services, serviceaccounts]
  verbs: [get, list, watch, create, patch, delete] # likewise
- apiGroups: [""]
  resources: [configmaps]
  verbs: [get, list, watch, create, patch, delete] # one a revision; and a source's code is hashed, to roll when it changes
- apiGroups: [""]
  resources: [pods]
  verbs: [list, watch, patch] # asked for their status at their admin port; an annotation makes the kubelet refresh a live change at once
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create, list] # what happened, told on the app; why a pod of an app does not start (a Secret that is missing): said in events alone
{{- end }}
