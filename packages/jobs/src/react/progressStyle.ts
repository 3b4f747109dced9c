/** Set by the style. It says that the page already has it, for example from `@loresmith/jobs/style.css`. */
export const STYLE_MARKER = "--job-progress-style";

/** The style of the progress component. Each colour has a default, and can be set from outside. `style.css` is made of it. */
export const PROGRESS_STYLE = `:root {
  ${STYLE_MARKER}: 1;
}

.job-progress {
  --jp-ink: var(--ink, CanvasText);
  --jp-quiet: var(--ink-quiet, GrayText);
  --jp-accent: var(--accent, #2f5bd0);
  --jp-track: var(--line, rgb(128 128 128 / 0.3));
  --jp-danger: var(--danger, #b3261e);
  position: relative;
  display: grid;
  grid-template-columns: 1.5rem minmax(0, 1fr) auto;
  gap: 0 0.875rem;
  align-items: start;
  color: var(--jp-ink);
}

.job-progress__mark {
  inline-size: 1.5rem;
  block-size: 1.5rem;
  border-radius: 50%;
  border: 3px solid var(--jp-track);
}

.job-progress[data-mood="running"] .job-progress__mark {
  border-block-start-color: var(--jp-accent);
}

.job-progress[data-mood="done"] .job-progress__mark {
  border-color: var(--jp-accent);
  background: var(--jp-accent);
}

.job-progress[data-mood="failed"] .job-progress__mark {
  border-color: var(--jp-danger);
  background: linear-gradient(var(--jp-danger) 0 0) center 30% / 3px 40% no-repeat,
    linear-gradient(var(--jp-danger) 0 0) center 80% / 3px 3px no-repeat;
}

.job-progress__body p {
  margin: 0;
}

/* Reserves two lines for the message and one for the note, so that nothing moves when they change. */
.job-progress__message {
  min-block-size: 2lh;
  line-height: 1.5;
  overflow-wrap: anywhere;
}

.job-progress[data-mood="failed"] .job-progress__message {
  color: var(--jp-danger);
}

.job-progress__row {
  display: flex;
  align-items: center;
  gap: 0.75rem;
}

.job-progress__track {
  flex: 1;
  block-size: 0.375rem;
  border-radius: 1rem;
  background: var(--jp-track);
  overflow: hidden;
}

.job-progress__fill {
  block-size: 100%;
  background: var(--jp-accent);
  transform-origin: left;
}

.job-progress[data-mood="failed"] .job-progress__fill {
  background: var(--jp-danger);
}

.job-progress__percent {
  inline-size: 3.5ch;
  text-align: end;
  font-variant-numeric: tabular-nums;
  font-size: 0.875rem;
  color: var(--jp-quiet);
}

.job-progress__note {
  min-block-size: 1.5em;
  font-size: 0.875rem;
  line-height: 1.5;
  color: var(--jp-quiet);
}

.job-progress__action {
  min-inline-size: 5.5rem;
  min-block-size: 2.75rem;
  display: flex;
  justify-content: flex-end;
}

.job-progress__spoken {
  position: absolute;
  inline-size: 1px;
  block-size: 1px;
  margin: -1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}

@media (prefers-reduced-motion: no-preference) {
  .job-progress[data-mood="running"][data-connection="live"] .job-progress__mark {
    animation: job-progress-turn 0.9s linear infinite;
  }

  .job-progress__fill {
    transition: transform 0.4s ease-out;
  }

  @keyframes job-progress-turn {
    to {
      rotate: 1turn;
    }
  }
}

/* In forced-colors mode, the browser does not draw backgrounds. */
@media (forced-colors: active) {
  .job-progress__track {
    border: 1px solid CanvasText;
  }

  .job-progress__fill {
    forced-color-adjust: none;
    background: Highlight;
  }
}
`;
