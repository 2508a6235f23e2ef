package main

import (
	"context"
	"errors"
	"os"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// The collector's own modules hold no exporter to a file (it lives among the
// several hundred modules of the contributed ones), and a test needs only this
// much of it: OTLP's JSON form of each batch, one a line, written before the
// sender hears that it arrived.

type fileConfig struct {
	// Path of the file, made if missing and appended to.
	Path string `mapstructure:"path"`
}

func (c *fileConfig) Validate() error {
	if c.Path == "" {
		return errors.New("file: path is missing")
	}
	return nil
}

type fileExporter struct {
	path    string
	encoder ptrace.JSONMarshaler

	mu   sync.Mutex
	file *os.File
}

func newFileExporterFactory() exporter.Factory {
	return exporter.NewFactory(
		component.MustNewType("file"),
		func() component.Config { return &fileConfig{} },
		exporter.WithTraces(newFileExporter, component.StabilityLevelStable),
	)
}

func newFileExporter(_ context.Context, _ exporter.Settings, config component.Config) (exporter.Traces, error) {
	return &fileExporter{path: config.(*fileConfig).Path}, nil
}

func (e *fileExporter) Start(context.Context, component.Host) (err error) {
	e.file, err = os.OpenFile(e.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	return err
}

func (e *fileExporter) Shutdown(context.Context) error {
	if e.file == nil {
		return nil
	}
	return e.file.Close()
}

func (e *fileExporter) Capabilities() consumer.Capabilities {
	return consumer.Capabilities{MutatesData: false}
}

func (e *fileExporter) ConsumeTraces(_ context.Context, traces ptrace.Traces) error {
	line, err := e.encoder.MarshalTraces(traces)
	if err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	_, err = e.file.Write(append(line, '\n'))
	return err
}
