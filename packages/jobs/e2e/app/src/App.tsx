import Characters from "./Characters";
import Failure from "./Failure";
import Guide from "./Guide";
import Tutorial from "./Tutorial";

export default function App() {
  return (
    <>
      <Guide />
      <div id="readme">
        <Characters />
      </div>
      <Failure />
      <div id="tutorial">
        <Tutorial />
      </div>
    </>
  );
}
