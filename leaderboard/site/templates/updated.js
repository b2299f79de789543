document.getElementById("updated").textContent = {{ updated | tojson }};
