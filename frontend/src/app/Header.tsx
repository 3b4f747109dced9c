import { useShade, type Shade } from "../style/useShade";
import "./header.css";
import { ADDRESS, sectionOf } from "../kit/route";
import { PAGES } from "./pages";

const SHADES: Record<Shade, string> = { system: "automatic", light: "light", dark: "dark" };

/** `hash` is the address of the page that is shown. */
export function Header({ hash }: { hash: string }) {
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
