package app

import (
	"io"
	"time"

	"github.com/rs/zerolog"

	"diemhouse/internal/config"
)

// Logger builds the program's logger: readable on a terminal, JSON elsewhere, unless
// the flags say otherwise. No secret of a URL passes it.
func Logger(cfg config.Log, screen *Screen) zerolog.Logger {
	level, err := zerolog.ParseLevel(cfg.LogLevel)
	if err != nil {
		level = zerolog.InfoLevel // the flag's enum has refused anything else
	}

	var out io.Writer = redacting{screen}
	if cfg.LogFormat == "console" || cfg.LogFormat == "auto" && screen.Terminal() {
		out = zerolog.ConsoleWriter{Out: out, TimeFormat: time.TimeOnly, NoColor: !screen.Terminal()}
	}

	return zerolog.New(out).Level(level).With().Timestamp().Logger()
}
