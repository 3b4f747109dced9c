import type { Job } from "@loresmith/jobs";
import { useShade, type Shade } from "../style/useShade";
import "./header.css";
import { ADDRESS, sectionOf } from "../kit/route";
import { PAGES } from "./pages";
import { RunningLink } from "./RunningLink";

const SHADES: Record<Shade, string> = { system: "automatic", light: "light", dark: "dark" };

interface HeaderProps {
  /** The address of the page that is shown. */
  hash: string;
  running: readonly Job[];
}

export function Header({ hash, running }: HeaderProps) {
  const { shade, next } = useShade();
  return (
    <header className="header">
      <a className="header__mark" href={ADDRESS.wizard}>
        LoreSmith
      </a>
      <nav aria-label="Pages">
        {PAGES.map(({ address, link, preload }) => link !== null && (
          <a
            key={address}
            href={address}
            aria-current={sectionOf(address) === sectionOf(hash) ? "page" : undefined}
            onPointerEnter={preload}
            onFocus={preload}
          >
            {link}
          </a>
        ))}
      </nav>
      <RunningLink running={running} isInWizard={sectionOf(hash) === sectionOf(ADDRESS.wizard)} />
      <button
        type="button"
        className="header__shade"
        data-shade={shade}
        onClick={next}
        aria-label={`Colours: ${SHADES[shade]}`}
        title={`Colours: ${SHADES[shade]}`}
      />
    </header>
  );
}
